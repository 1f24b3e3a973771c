//! Judging what somebody wants to be told at: an e-mail address, a webhook, a browser's push subscription.

use std::{net::IpAddr, time::Duration};

use base64::{
    Engine,
    alphabet::URL_SAFE,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use domain::{
    account::Email,
    destination::{Channel, Place},
    watch,
};
use outbound::Guard;
use url::{Host, Url};

use super::{
    destination::{NewDestination, PushKeys, masked},
    error::ApiError,
};
use crate::app::App;

const LONGEST_URL: usize = 2_000;
/// How long a name may take to be resolved. Whoever takes longer is judged when something is sent.
const PATIENCE: Duration = Duration::from_secs(2);
const ANY_PADDING: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The place that is meant, and what to call it where the person said nothing.
///
/// # Errors
/// The field that cannot be used.
pub async fn judge(app: &App, new: &NewDestination) -> Result<(Place, String), ApiError> {
    let place = match Channel::from_word(&new.channel) {
        Some(Channel::Email) => Place::Email { to: email(new.to.as_deref())? },
        Some(Channel::Webhook) => {
            let url = url(app, "url", new.url.as_deref()).await?;
            Place::Webhook { url, secret: app.entropy.secret() }
        }
        Some(Channel::Push) => {
            let endpoint = url(app, "endpoint", new.endpoint.as_deref()).await?;
            let (p256dh, auth) = keys(new.keys.as_ref())?;
            Place::Push { endpoint, p256dh, auth }
        }
        Some(Channel::Telegram) | None => {
            return Err(ApiError::field(
                "channel",
                "channel_unknown",
                "The channels that can be added so are email, webhook and push. A Telegram chat links itself.",
            ));
        }
    };
    let name = match new.name.as_deref() {
        Some(text) => name(text)?,
        None => String::new(),
    };
    let name = if name.is_empty() { masked(&place) } else { name };
    Ok((place, name))
}

/// A destination's name.
///
/// # Errors
/// It cannot be used.
pub fn name(text: &str) -> Result<String, ApiError> {
    watch::name(text).map_err(|error| ApiError::Field {
        field: "name",
        code: format!("name_{}", error.code()),
        detail: format!("The name cannot be used. {error}"),
    })
}

fn email(text: Option<&str>) -> Result<String, ApiError> {
    let email = text.and_then(Email::parse);
    // A mail server reads more into such a line than a person sees.
    let email =
        email.filter(|email| !email.as_str().contains(['<', '>', '"', ',', ';', ':', '\\', '(', ')']));
    email.map(|email| email.to_string()).ok_or_else(|| {
        ApiError::field("to", "email_invalid", "This is no e-mail address. One looks like name@example.net.")
    })
}

async fn url(app: &App, field: &'static str, text: Option<&str>) -> Result<String, ApiError> {
    let text = text.unwrap_or_default().trim();
    let parsed = Url::parse(text).ok().filter(|url| {
        url.has_host()
            && matches!(url.scheme(), "https" | "http")
            && url.username().is_empty()
            && url.password().is_none()
            && text.len() <= LONGEST_URL
    });
    let Some(mut url) = parsed else {
        let sentence = "This is no URL that can be used. One looks like https://example.net/wakeful, without a password.";
        return Err(ApiError::field(field, "url_invalid", sentence));
    };
    url.set_fragment(None);
    let (guard, nobody) = (Guard::new(app.config.allow_private.clone()), Guard::default());
    let addresses = addresses(&url).await;
    if !addresses.is_empty() && !addresses.iter().any(|address| guard.permits(*address)) {
        let sentence =
            "This leads to a private address. Name its network in WAKEFUL_ALLOW_PRIVATE to reach it.";
        return Err(ApiError::field(field, "private_address", sentence));
    }
    // In a network that the operator named, and nowhere else, plain http is the operator's own business.
    let is_at_home = !addresses.is_empty() && addresses.iter().all(|address| !nobody.permits(*address));
    if url.scheme() != "https" && !is_at_home {
        return Err(ApiError::field(field, "url_not_https", "The URL must begin with https."));
    }
    Ok(url.into())
}

/// The addresses that a URL leads to now; none = nobody can say yet.
async fn addresses(url: &Url) -> Vec<IpAddr> {
    let host = match url.host() {
        Some(Host::Ipv4(v4)) => return vec![v4.into()],
        Some(Host::Ipv6(v6)) => return vec![v6.into()],
        Some(Host::Domain(name)) => name,
        None => return Vec::new(),
    };
    match tokio::time::timeout(PATIENCE, tokio::net::lookup_host((host, 443))).await {
        Ok(Ok(found)) => found.map(|socket| socket.ip()).collect(),
        Ok(Err(_)) | Err(_) => Vec::new(),
    }
}

fn keys(keys: Option<&PushKeys>) -> Result<(String, String), ApiError> {
    let decode = |text: &str| ANY_PADDING.decode(text).ok();
    let sound = keys.filter(|keys| {
        let point = decode(&keys.p256dh).filter(|point| point.len() == 65 && point.first() == Some(&4));
        point.is_some() && decode(&keys.auth).is_some_and(|secret| secret.len() == 16)
    });
    let trimmed = |text: &str| text.trim_end_matches('=').to_owned();
    sound.map(|keys| (trimmed(&keys.p256dh), trimmed(&keys.auth))).ok_or_else(|| {
        ApiError::field(
            "keys",
            "keys_invalid",
            "These are no keys of a push subscription. Send what PushSubscription.toJSON() gives.",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_plain_address_is_an_address() {
        assert_eq!(email(Some(" Ada@Example.net ")).unwrap(), "ada@example.net");
        for wrong in
            ["", "ada", "ada@b", "a@example.net,b@example.net", "<a@example.net>", "a\r\nBcc:b@example.net"]
        {
            assert!(email(Some(wrong)).is_err(), "{wrong}");
        }
        assert!(email(None).is_err());
    }

    #[test]
    fn keys_have_their_exact_lengths() {
        let made = |point: Vec<u8>, secret: Vec<u8>| PushKeys {
            p256dh: ANY_PADDING.encode(point),
            auth: ANY_PADDING.encode(secret),
        };
        let point = [&[4][..], &[7; 64]].concat();
        assert!(keys(Some(&made(point.clone(), vec![1; 16]))).is_ok());
        for wrong in
            [made(vec![2; 65], vec![1; 16]), made(vec![4; 64], vec![1; 16]), made(point, vec![1; 15])]
        {
            assert!(keys(Some(&wrong)).is_err());
        }
        assert!(keys(None).is_err());
    }
}
