//! Which host names this server answers to: rebinding a name to our address must not open the API.

use std::net::{IpAddr, SocketAddr};

use axum::{
    extract::{ConnectInfo, Request},
    http::{HeaderMap, Method, header},
    response::{IntoResponse, Redirect, Response},
};

use super::error::ApiError;
use crate::{app::App, config::Config};

/// The answer to who asks under a name that is not ours (421), or for a page that stands at the public https URL.
pub fn turned_away(app: &App, request: &Request) -> Option<Response> {
    let host =
        authority(request.headers(), request.uri().authority().map(axum::http::uri::Authority::as_str));
    let Some(host) = host.filter(|host| allowed(&app.config, host)) else {
        return Some(ApiError::HostNotAllowed.into_response());
    };
    let is_page = request.method() == Method::GET && !request.uri().path().starts_with("/api");
    let socket = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let is_plain = is_told_plain(&app.config, socket, request.headers());
    let public = elsewhere(&app.config, &host, is_plain).filter(|_| is_page)?;
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
    Some(Redirect::temporary(&format!("{}{path}", public.trim_end_matches('/'))).into_response())
}

/// The Host of a request, lower-cased, with its port when it has one.
pub fn authority(headers: &HeaderMap, of_uri: Option<&str>) -> Option<String> {
    let host = headers.get(header::HOST).and_then(|value| value.to_str().ok()).or(of_uri)?;
    (!host.is_empty() && host.len() <= 300).then(|| host.to_lowercase())
}

fn allowed(config: &Config, host: &str) -> bool {
    let Some(name) = name_of(host) else { return false };
    let is_public =
        config.public_url.as_ref().and_then(url::Url::host_str).is_some_and(|public| public == name);
    is_public
        || name.parse::<IpAddr>().is_ok()
        || name == "localhost"
        || name.ends_with(".localhost")
        || config.hosts.contains(name)
}

/// Whether a proxy that we trust says that the browser asked by plain http. Nobody else is heard, and it decides nothing
/// but a redirect.
fn is_told_plain(config: &Config, socket: Option<IpAddr>, headers: &HeaderMap) -> bool {
    let is_trusted = socket
        .is_some_and(|socket| config.trusted_proxies.iter().any(|net| net.contains(&socket.to_canonical())));
    is_trusted && headers.get("x-forwarded-proto").is_some_and(|value| value == "http")
}

/// The public URL, when it is https and the page was asked for under another name, or by plain http.
fn elsewhere<'a>(config: &'a Config, host: &str, is_plain: bool) -> Option<&'a str> {
    let public = config.public_url.as_ref().filter(|_| config.is_https())?;
    let own = match public.port() {
        Some(port) => format!("{}:{port}", public.host_str()?),
        None => public.host_str()?.to_owned(),
    };
    let default_port = host.strip_suffix(":443").unwrap_or(host);
    (is_plain || (own != host && own != default_port)).then_some(public.as_str())
}

/// The name without the port; IPv6 literals without their brackets.
fn name_of(host: &str) -> Option<&str> {
    if let Some(rest) = host.strip_prefix('[') {
        let (name, tail) = rest.split_once(']')?;
        return (tail.is_empty() || is_port(tail.strip_prefix(':')?)).then_some(name);
    }
    match host.split_once(':') {
        None => Some(host),
        Some((name, port)) if is_port(port) => Some(name),
        Some(_) => None,
    }
}

fn is_port(text: &str) -> bool {
    text.parse::<u16>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::Settings;

    fn config(public_url: Option<&str>) -> Config {
        let settings = Settings {
            public_url: public_url.map(str::to_owned),
            hosts: Some("nas.local".to_owned()),
            ..Settings::default()
        };
        Config::from_settings(&settings).unwrap()
    }

    #[test]
    fn only_names_of_ours_are_answered() {
        let config = config(Some("https://wakeful.example.net"));
        for own in [
            "127.0.0.1:8080",
            "[::1]:8080",
            "[::1]",
            "localhost",
            "localhost:80",
            "nas.local:8080",
            "wakeful.example.net",
        ] {
            assert!(allowed(&config, own), "{own}");
        }
        for foreign in [
            "evil.example.org",
            "nas.local.evil.example.org",
            "127.0.0.1.evil.example.org",
            "[::1",
            "localhost:x",
            "",
            "a:b:c",
        ] {
            assert!(!allowed(&config, foreign), "{foreign}");
        }
    }

    #[test]
    fn a_page_under_another_name_is_sent_to_the_https_one() {
        let https = config(Some("https://wakeful.example.net"));
        assert_eq!(elsewhere(&https, "127.0.0.1:8080", false), Some("https://wakeful.example.net/"));
        assert_eq!(elsewhere(&https, "wakeful.example.net", false), None);
        assert_eq!(elsewhere(&https, "wakeful.example.net:443", false), None);
        assert_eq!(elsewhere(&config(Some("http://wakeful.example.net")), "127.0.0.1:8080", false), None);
        assert_eq!(elsewhere(&config(None), "127.0.0.1:8080", false), None);
    }

    #[test]
    fn only_a_proxy_that_we_trust_tells_that_a_page_came_by_plain_http() {
        let mut settings = Settings { trusted_proxies: Some("10.0.0.0/8".to_owned()), ..Settings::default() };
        settings.public_url = Some("https://wakeful.example.net".to_owned());
        let config = Config::from_settings(&settings).unwrap();
        let told = [("x-forwarded-proto".parse().unwrap(), "http".parse().unwrap())].into_iter().collect();
        let from = |socket: &str| is_told_plain(&config, Some(socket.parse().unwrap()), &told);
        assert!(from("10.0.0.2") && !from("198.51.100.7"));
        assert!(elsewhere(&config, "wakeful.example.net", true).is_some());
    }
}
