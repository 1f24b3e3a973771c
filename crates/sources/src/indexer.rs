//! The network's indexer: for now only whether we can see through it (network.md §3.1, §3.2).

use domain::time::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use crate::api::Api;
pub use crate::api::{ApiError, Limits, NotAUrl};

/// The indexer.
#[derive(Debug)]
pub struct Indexer(Api);

impl Indexer {
    /// The indexer at these addresses.
    ///
    /// # Errors
    /// One of them is no URL.
    pub fn new(urls: &[String], client: reqwest::Client, limits: Limits) -> Result<Self, NotAUrl> {
        Api::new(urls, client, limits).map(Self)
    }

    /// Whether it lists jobs: its newest one is asked for. Its health page would say less, since anybody can answer 200.
    ///
    /// # Errors
    /// No address answered with a list of jobs.
    pub async fn look(&self, now: &impl Fn() -> Timestamp) -> Result<(), ApiError> {
        self.0.get("/jobs/?limit=1", now, |body| read_page(body).map(drop)).await
    }
}

#[derive(Deserialize)]
struct Page {
    jobs: Vec<Value>,
}

/// Reads a page of jobs: how many there are on it.
///
/// # Errors
/// It is none.
pub fn read_page(body: &[u8]) -> Result<usize, String> {
    let page: Page = serde_json::from_slice(body).map_err(|error| format!("no page of jobs: {error}"))?;
    Ok(page.jobs.len())
}
