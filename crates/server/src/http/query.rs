//! What stands in a request's address: the query and the parts of the path. What cannot be read names its field.

use axum::{
    extract::{FromRequestParts, Path, Query},
    http::request::Parts,
};
use domain::{
    address::{Address, AddressError},
    time::Timestamp,
};
use serde::de::DeserializeOwned;

use super::error::ApiError;

/// A query.
#[derive(Debug)]
pub struct Params<T>(pub T);

/// The one variable part of a path.
#[derive(Debug)]
pub struct Segment(pub String);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Params<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        match Query::from_request_parts(parts, state).await {
            Ok(Query(params)) => Ok(Self(params)),
            Err(rejection) => Err(refused(&rejection.body_text())),
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Segment {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let path = Path::<String>::from_request_parts(parts, state).await;
        path.map(|Path(text)| Self(text)).map_err(|_| ApiError::Path)
    }
}

/// Keeps the name of the parameter, never its value: `Failed to deserialize query string: hours: invalid digit …`.
fn refused(said: &str) -> ApiError {
    let mut parts = said.split(": ").skip(1);
    let named = parts.next().filter(|name| {
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    });
    let missing = || said.split("missing field `").nth(1)?.split('`').next();
    let twice = || said.split("duplicate field `").nth(1)?.split('`').next();
    let field = named.or_else(missing).or_else(twice).unwrap_or("query");
    ApiError::query(field, "it cannot be read")
}

/// A parameter that is an address.
pub fn address(field: &'static str, text: Option<&str>) -> Result<Option<Address>, ApiError> {
    let parse =
        |text: &str| text.parse().map_err(|error: AddressError| ApiError::query(field, &error.to_string()));
    text.map(parse).transpose()
}

/// A parameter that is a day (its first instant in UTC) or an instant.
pub fn instant(field: &'static str, text: Option<&str>) -> Result<Option<Timestamp>, ApiError> {
    let accepted = "a day such as 2026-03-01 or an instant such as 2026-03-01T08:00:00Z is expected";
    text.map(|text| parse_instant(text).ok_or_else(|| ApiError::query(field, accepted))).transpose()
}

fn parse_instant(text: &str) -> Option<Timestamp> {
    let instant = text.parse::<jiff::Timestamp>().or_else(|_| {
        let day: jiff::civil::Date = text.parse()?;
        Ok::<_, jiff::Error>(day.to_zoned_datetime(jiff::tz::TimeZone::UTC)?.timestamp())
    });
    instant.ok().map(|instant| Timestamp::from_millis(instant.as_millisecond()))
}

/// A number of a range; `usual` when it was left out.
pub fn number(
    field: &'static str,
    given: Option<u32>,
    range: std::ops::RangeInclusive<u32>,
    usual: u32,
) -> Result<u32, ApiError> {
    let number = given.unwrap_or(usual);
    if range.contains(&number) {
        return Ok(number);
    }
    Err(ApiError::query(
        field,
        &format!("a whole number from {} to {} is expected", range.start(), range.end()),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_and_an_instant_are_times() {
        let seconds = |text| parse_instant(text).map(Timestamp::unix_seconds);
        assert_eq!(seconds("1970-01-02"), Some(86_400));
        assert_eq!(seconds("1970-01-01T00:00:05Z"), Some(5));
        assert_eq!(seconds("1970-01-01T01:00:05+01:00"), Some(5));
        for text in ["", "yesterday", "1970-13-01", "7", "1970-01-01T00:00:00"] {
            let read = seconds(text);
            assert!(read.is_none() || text.starts_with("1970-01-01T"), "{text}: {read:?}");
        }
    }

    #[test]
    fn the_parameter_is_named_and_its_value_is_not_repeated() {
        let ApiError::Query { field, detail } =
            refused("Failed to deserialize query string: hours: invalid digit found in string")
        else {
            panic!()
        };
        assert_eq!((field.as_str(), detail.as_str()), ("hours", "it cannot be read"));
        let ApiError::Query { field, .. } =
            refused("Failed to deserialize query string: duplicate field `node`")
        else {
            panic!()
        };
        assert_eq!(field, "node");
        let ApiError::Query { field, .. } = refused("<script>: x: y") else { panic!() };
        assert_eq!(field, "x");
    }
}
