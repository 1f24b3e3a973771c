//! Reading single values: what was typed becomes a value or a sentence.

use std::{ops::RangeInclusive, str::FromStr, time::Duration};

use ipnet::IpNet;
use url::Url;

use super::ConfigError;

/// What was really given: an empty value counts as none, so that `VARIABLE=` in a file switches nothing on.
pub fn given(value: Option<&str>) -> Option<&str> {
    value.map(str::trim).filter(|value| !value.is_empty())
}

/// The entries of a comma list.
pub fn list(value: Option<&str>) -> impl Iterator<Item = &str> {
    given(value)
        .into_iter()
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .filter(|entry| !entry.is_empty())
}

/// A whole number of a range.
pub fn number<N>(
    variable: &'static str,
    value: Option<&str>,
    default: N,
    range: RangeInclusive<N>,
) -> Result<N, ConfigError>
where
    N: FromStr + PartialOrd + std::fmt::Display,
{
    let Some(value) = given(value) else { return Ok(default) };
    let accepted = format!("a whole number from {} to {}", range.start(), range.end());
    value
        .parse()
        .ok()
        .filter(|number| range.contains(number))
        .ok_or_else(|| ConfigError::new(variable, value, accepted))
}

/// A number of seconds of a range.
pub fn seconds(
    variable: &'static str,
    value: Option<&str>,
    default: u64,
    range: RangeInclusive<u64>,
) -> Result<Duration, ConfigError> {
    number(variable, value, default, range).map(Duration::from_secs)
}

/// A number of days.
pub fn days(variable: &'static str, value: Option<&str>, default: Duration) -> Result<Duration, ConfigError> {
    let value = value.map(|value| value.trim().trim_end_matches("days").trim_end_matches('d').trim());
    if given(value).is_none() {
        return Ok(default);
    }
    number(variable, value, 1, 1..=3_650).map(|days: u64| Duration::from_secs(days * 86_400))
}

/// An http or https URL.
pub fn base_url(variable: &'static str, value: &str) -> Result<Url, ConfigError> {
    let accepted = "an http or https URL";
    Url::parse(value)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
        .ok_or_else(|| ConfigError::new(variable, value, accepted))
}

/// Networks in CIDR form; a lone address is a network of one.
pub fn cidrs(variable: &'static str, value: Option<&str>) -> Result<Vec<IpNet>, ConfigError> {
    list(value)
        .map(|entry| {
            entry.parse().or_else(|_| entry.parse::<std::net::IpAddr>().map(IpNet::from)).map_err(|_| {
                ConfigError::new(variable, entry, "networks such as 10.0.0.0/8 or ::1, separated by commas")
            })
        })
        .collect()
}
