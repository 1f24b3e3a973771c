//! Which addresses a URL that is not the operator's own word may lead to: the public internet, and what the operator
//! allowed. Everything else would let a stranger's URL reach into the operator's house.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

/// What may be reached.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Guard {
    allowed: Vec<IpNet>,
}

/// An address that may not be reached.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the address is private")]
pub struct PrivateAddress;

/// IPv4 that is nobody's public host: IANA's special-purpose registry, multicast, reserved.
const V4: [Ipv4Net; 15] = [
    v4([0, 0, 0, 0], 8),
    v4([10, 0, 0, 0], 8),
    v4([100, 64, 0, 0], 10),
    v4([127, 0, 0, 0], 8),
    v4([169, 254, 0, 0], 16),
    v4([172, 16, 0, 0], 12),
    v4([192, 0, 0, 0], 24),
    v4([192, 0, 2, 0], 24),
    v4([192, 88, 99, 0], 24),
    v4([192, 168, 0, 0], 16),
    v4([198, 18, 0, 0], 15),
    v4([198, 51, 100, 0], 24),
    v4([203, 0, 113, 0], 24),
    v4([224, 0, 0, 0], 4),
    v4([240, 0, 0, 0], 4),
];

/// The only IPv6 that is given to public hosts.
const GLOBAL: Ipv6Net = v6([0x2000, 0, 0, 0, 0, 0, 0, 0], 3);
/// What in it is nobody's host: protocol assignments (Teredo, benchmarks, ORCHID), documentation.
const V6: [Ipv6Net; 3] = [
    v6([0x2001, 0, 0, 0, 0, 0, 0, 0], 23),
    v6([0x2001, 0xdb8, 0, 0, 0, 0, 0, 0], 32),
    v6([0x3fff, 0, 0, 0, 0, 0, 0, 0], 20),
];
/// IPv6 that carries an IPv4 address to which it is translated.
const SIX_TO_FOUR: Ipv6Net = v6([0x2002, 0, 0, 0, 0, 0, 0, 0], 16);
const NAT64: Ipv6Net = v6([0x64, 0xff9b, 0, 0, 0, 0, 0, 0], 96);

const fn v4(address: [u8; 4], bits: u8) -> Ipv4Net {
    let [a, b, c, d] = address;
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), bits)
}

const fn v6(address: [u16; 8], bits: u8) -> Ipv6Net {
    let [a, b, c, d, e, f, g, h] = address;
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, c, d, e, f, g, h), bits)
}

impl Guard {
    /// Lets through what is public, and these networks.
    #[must_use]
    pub const fn new(allowed: Vec<IpNet>) -> Self {
        Self { allowed }
    }

    /// Whether this address may be reached.
    #[must_use]
    pub fn permits(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        match address {
            IpAddr::V4(v4) => is_public_v4(v4) || self.allows(address),
            IpAddr::V6(v6) => match carried(v6) {
                Some(inner) => self.permits(IpAddr::V4(inner)) || self.allows(address),
                None => is_public_v6(v6) || self.allows(address),
            },
        }
    }

    fn allows(&self, address: IpAddr) -> bool {
        self.allowed.iter().any(|network| network.contains(&address))
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    !V4.iter().any(|network| network.contains(&address))
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    GLOBAL.contains(&address) && !V6.iter().any(|network| network.contains(&address))
}

/// The IPv4 address that a translator on the way would reach.
fn carried(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let octets = address.octets();
    let four = |at: usize| Some(Ipv4Addr::from(<[u8; 4]>::try_from(octets.get(at..at + 4)?).ok()?));
    if SIX_TO_FOUR.contains(&address) {
        four(2)
    } else if NAT64.contains(&address) {
        four(12)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn permits(guard: &Guard, address: &str) -> bool {
        guard.permits(address.parse().unwrap())
    }

    /// The first and the last address of every range, and what lies beside it where that is public.
    const REFUSED: &[&str] = &[
        "0.0.0.0",
        "0.255.255.255",
        "10.0.0.0",
        "10.255.255.255",
        "100.64.0.0",
        "100.127.255.255",
        "127.0.0.1",
        "127.255.255.255",
        "169.254.0.0",
        "169.254.169.254",
        "172.16.0.0",
        "172.31.255.255",
        "192.0.0.1",
        "192.0.0.255",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.0.0",
        "192.168.255.255",
        "198.18.0.0",
        "198.19.255.255",
        "198.51.100.7",
        "203.0.113.7",
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::7f00:1",
        "::ffff:10.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "::ffff:0:127.0.0.1",
        "64:ff9b::127.0.0.1",
        "64:ff9b::192.168.1.1",
        "64:ff9b:1::8.8.8.8",
        "100::1",
        "2001::1",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
        "2001:2::1",
        "2001:10::1",
        "2001:1ff:ffff::1",
        "2001:db8::1",
        "2002:7f00:1::1",
        "2002:a00:1::1",
        "2002:c0a8:101::1",
        "3fff::1",
        "3fff:fff::1",
        "5f00::1",
        "4000::1",
        "fc00::1",
        "fdff::1",
        "fe80::1",
        "febf::1",
        "fec0::1",
        "ff02::1",
        "ffff::1",
    ];
    const PUBLIC: &[&str] = &[
        "1.0.0.0",
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "126.255.255.255",
        "128.0.0.0",
        "169.253.255.255",
        "169.255.0.0",
        "172.15.255.255",
        "172.32.0.0",
        "192.0.1.0",
        "192.0.3.0",
        "192.88.98.255",
        "192.88.100.0",
        "192.167.255.255",
        "192.169.0.0",
        "198.17.255.255",
        "198.20.0.0",
        "198.51.99.255",
        "198.51.101.0",
        "203.0.112.255",
        "203.0.114.0",
        "223.255.255.255",
        "::ffff:8.8.8.8",
        "64:ff9b::8.8.8.8",
        "2000::1",
        "2001:200::1",
        "2001:db7:ffff::1",
        "2001:db9::1",
        "2002:808:808::1",
        "2606:4700:4700::1111",
        "3ffe::1",
        "3fff:1000::1",
    ];

    #[test]
    fn every_range_that_is_no_public_host_is_refused_and_its_neighbours_are_not() {
        let guard = Guard::default();
        for address in REFUSED {
            assert!(!permits(&guard, address), "{address} may be reached");
        }
        for address in PUBLIC {
            assert!(permits(&guard, address), "{address} may not be reached");
        }
    }

    #[test]
    fn what_the_operator_allows_is_reached_in_every_spelling_and_nothing_beside_it() {
        let guard = Guard::new(vec!["10.1.0.0/16".parse().unwrap(), "fd00::/64".parse().unwrap()]);
        for address in ["10.1.2.3", "::ffff:10.1.2.3", "64:ff9b::10.1.2.3", "fd00::7"] {
            assert!(permits(&guard, address), "{address}");
        }
        for address in ["10.2.0.0", "127.0.0.1", "::1", "fd00:0:0:1::7", "::ffff:10.2.0.0"] {
            assert!(!permits(&guard, address), "{address}");
        }
    }
}
