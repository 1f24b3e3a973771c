//! Whose address a request comes from: the socket's, or what a proxy that we trust says. IPv6 counts by its /64.

use std::{
    convert::Infallible,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
};

use axum::{
    extract::{ConnectInfo, FromRequestParts},
    http::{HeaderMap, request::Parts},
};
use ipnet::IpNet;

use crate::app::App;

/// A client's address.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ClientAddress(IpAddr);

impl ClientAddress {
    /// From the socket and the headers: the right-most entry of X-Forwarded-For that is no proxy of ours, and only when
    /// the socket is one's.
    fn of(socket: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> Self {
        let is_trusted = |address: &IpAddr| trusted.iter().any(|net| net.contains(address));
        let mut nearest = socket.to_canonical();
        if !is_trusted(&nearest) {
            return Self(nearest);
        }
        let values = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
        let entries = values.flat_map(|value| value.split(',')).map(str::trim).collect::<Vec<_>>();
        for entry in entries.into_iter().rev() {
            // What cannot be read was not written by a proxy of ours: the one before it is as far as we can see.
            let Some(address) = read(entry) else { break };
            nearest = address;
            if !is_trusted(&nearest) {
                break;
            }
        }
        Self(nearest)
    }

    /// What counters go by: the address, or the /64 of an IPv6 one.
    pub fn network(self) -> String {
        match self.0 {
            IpAddr::V4(v4) => v4.to_string(),
            IpAddr::V6(v6) => format!("{}/64", cut(v6, 4)),
        }
    }

    /// What a list of devices shows: enough to know one's own, too little to find a house.
    pub fn shortened(self) -> String {
        match self.0 {
            IpAddr::V4(v4) => {
                let [a, b, c, _] = v4.octets();
                Ipv4Addr::new(a, b, c, 0).to_string()
            }
            IpAddr::V6(v6) => cut(v6, 3).to_string(),
        }
    }
}

fn read(entry: &str) -> Option<IpAddr> {
    let bare = entry.trim_start_matches('[').trim_end_matches(']');
    let address =
        bare.parse().ok().or_else(|| entry.parse::<SocketAddr>().ok().map(|with_port| with_port.ip()));
    address.map(|address: IpAddr| address.to_canonical())
}

fn cut(address: Ipv6Addr, groups: usize) -> Ipv6Addr {
    let mut segments = address.segments();
    for segment in segments.iter_mut().skip(groups) {
        *segment = 0;
    }
    segments.into()
}

impl FromRequestParts<App> for ClientAddress {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Infallible> {
        let socket = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
        let socket = socket.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
        Ok(Self::of(socket, &parts.headers, &app.config.trusted_proxies))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(socket: &str, forwarded: &[&str]) -> String {
        let trusted = ["10.0.0.0/8".parse().unwrap(), "fd00::/8".parse().unwrap()];
        let headers = forwarded
            .iter()
            .map(|value| ("x-forwarded-for".parse().unwrap(), value.parse().unwrap()))
            .collect();
        ClientAddress::of(socket.parse().unwrap(), &headers, &trusted).network()
    }

    #[test]
    fn a_stranger_may_write_what_he_likes() {
        assert_eq!(network("198.51.100.7", &["192.0.2.1"]), "198.51.100.7");
        assert_eq!(
            network("10.0.0.2", &["203.0.113.9, 192.0.2.1"]),
            "192.0.2.1",
            "the left ones are hearsay"
        );
    }

    #[test]
    fn the_nearest_that_is_no_proxy_of_ours_counts() {
        assert_eq!(network("10.0.0.2", &["203.0.113.9, 192.0.2.1, 10.1.1.1"]), "192.0.2.1");
        assert_eq!(network("10.0.0.2", &["192.0.2.1", "fd00::1"]), "192.0.2.1", "the header stands twice");
        assert_eq!(network("10.0.0.2", &[]), "10.0.0.2");
        assert_eq!(network("10.0.0.2", &["192.0.2.1, nonsense"]), "10.0.0.2");
        assert_eq!(network("10.0.0.2", &["192.0.2.1:4711"]), "192.0.2.1");
    }

    #[test]
    fn ipv6_counts_by_its_64_and_a_mapped_address_is_ipv4() {
        assert_eq!(network("2001:db8:1:2:3:4:5:6", &[]), "2001:db8:1:2::/64");
        assert_eq!(network("::ffff:192.0.2.1", &[]), "192.0.2.1");
        let long = ClientAddress("2001:db8:1:2:3:4:5:6".parse().unwrap());
        assert_eq!(long.shortened(), "2001:db8:1::");
        assert_eq!(ClientAddress("192.0.2.77".parse().unwrap()).shortened(), "192.0.2.0");
    }
}
