//! A measured amount on the wire: known, or unknown with its reason and its last value.

use domain::reading::Reading;
use serde::Serialize;
use utoipa::ToSchema;

use super::time::rfc3339;

/// A measured amount: known as of an instant, or unknown since, because.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Measured {
    /// The amount; `null` = unknown.
    pub value: Option<String>,
    /// When it was read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// Since when it is unknown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<&'static str>,
    /// The last known amount.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last: Option<LastMeasured>,
}

/// The last known amount.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct LastMeasured {
    /// The amount.
    pub value: String,
    /// When it was read.
    pub at: String,
}

impl Measured {
    /// The amount as it was read.
    pub fn new(reading: &Reading<i64>) -> Self {
        match reading {
            Reading::Known { value, at } => Self {
                value: Some(value.to_string()),
                at: Some(rfc3339(*at)),
                since: None,
                why: None,
                last: None,
            },
            Reading::Unknown { since, why, last } => Self {
                value: None,
                at: None,
                since: Some(rfc3339(*since)),
                why: Some(why.code()),
                last: last.map(|(value, at)| LastMeasured { value: value.to_string(), at: rfc3339(at) }),
            },
        }
    }
}
