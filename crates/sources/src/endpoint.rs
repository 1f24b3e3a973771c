//! Asks a node's own endpoint for `/node/info`, and tells apart what can come back (network.md §1.11, §4).

mod answer;
mod info;
mod round;
mod template;

use std::time::Duration;

use domain::{address::Address, endpoint::Answer, node::Machine, time::Timestamp};
use reqwest::{Method, StatusCode, header};
use tokio::time::Instant;

pub use info::{Info, read};
pub use round::{Round, Witnesses};
use template::Template;
pub use template::TemplateError;

use answer::Seen;

use crate::http::{self, BodyError, Cause, Guarded};

/// What one probe may cost.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Limits {
    /// From the request to the last byte of the answer.
    pub timeout: Duration,
    /// The longest answer, in bytes.
    pub body: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { timeout: Duration::from_secs(10), body: 256 * 1024 }
    }
}

/// Asks nodes' endpoints, whose addresses all follow one template.
#[derive(Clone, Debug)]
pub struct Prober {
    client: Guarded,
    template: Template,
    limits: Limits,
}

/// One node's answer.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Probed {
    /// Who was asked.
    pub node: Address,
    /// What came back, and when.
    pub answer: Answer,
    /// What the node says of its machine; `None` when it did not answer, or says nothing of it yet.
    pub machine: Option<Machine>,
}

impl Prober {
    /// A prober of the endpoints at `template`, such as `https://{node}.node.example.net`: `{node}` stands in the host
    /// or in the path.
    ///
    /// # Errors
    /// The template makes no URL, or has no `{node}`.
    pub fn new(template: &str, client: Guarded, limits: Limits) -> Result<Self, TemplateError> {
        Ok(Self { client, template: Template::parse(template)?, limits })
    }

    /// Asks one node once. `now` is read when the answer is there.
    pub async fn probe(&self, node: Address, now: &impl Fn() -> Timestamp) -> Probed {
        let started = Instant::now();
        let seen = tokio::time::timeout(self.limits.timeout, self.look(&node)).await;
        let seen = seen.unwrap_or(Seen::Failed { cause: Cause::Timeout, status: None });
        let ms = u32::try_from(started.elapsed().as_millis()).unwrap_or(u32::MAX);
        answer::probed(node, &seen, ms, now())
    }

    async fn look(&self, node: &Address) -> Seen {
        let Some(url) = self.template.info_url(node) else {
            return Seen::Failed { cause: Cause::NoAddress, status: None };
        };
        let Ok(request) = self.client.request(Method::GET, url) else {
            return Seen::Failed { cause: Cause::Private, status: None };
        };
        let response = match request.send().await {
            Ok(response) => response,
            Err(error) => return Seen::Failed { cause: Cause::of(&error).0, status: None },
        };
        let status = response.status();
        let html = response
            .headers()
            .get(header::CONTENT_TYPE)
            .is_some_and(|kind| kind.as_bytes().to_ascii_lowercase().starts_with(b"text/html"));
        if status != StatusCode::OK && status != StatusCode::NOT_FOUND {
            return Seen::Said { status: status.as_u16(), html, body: Vec::new() };
        }
        let status = status.as_u16();
        match http::body(response, self.limits.body).await {
            Ok(body) => Seen::Said { status, html, body },
            Err(BodyError::TooLarge) => Seen::TooLarge { status },
            Err(BodyError::Broken(error)) => {
                Seen::Failed { cause: Cause::of(&error).0, status: Some(status) }
            }
        }
    }
}
