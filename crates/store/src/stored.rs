//! Times, addresses and words as columns hold them, read back with suspicion.

use domain::{address::Address, time::Timestamp, why::Why};
use serde::{Serialize, de::DeserializeOwned};

use crate::StoreError;

/// A time of a nullable column.
pub(crate) fn time(millis: Option<i64>) -> Option<Timestamp> {
    millis.map(Timestamp::from_millis)
}

/// The milliseconds of a time that may be missing.
pub(crate) fn millis(time: Option<Timestamp>) -> Option<i64> {
    time.map(Timestamp::millis)
}

pub(crate) fn address(text: &str) -> Result<Address, StoreError> {
    text.parse().map_err(|_| StoreError::corrupt("the address", text))
}

pub(crate) fn maybe_address(text: Option<&str>) -> Result<Option<Address>, StoreError> {
    text.map(address).transpose()
}

pub(crate) fn why(code: &str) -> Result<Why, StoreError> {
    Why::from_code(code).ok_or_else(|| StoreError::corrupt("the reason", code))
}

/// A number that is unsigned in the model. What does not fit 63 bits is stored as the largest that does.
pub(crate) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

pub(crate) fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

pub(crate) fn to_json<T: Serialize + ?Sized>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Other(error.into()))
}

pub(crate) fn from_json<T: DeserializeOwned>(what: &str, text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|error| StoreError::Corrupt(format!("{what}: {error}")))
}
