//! Asks a node's own endpoint for `/node/info`, and tells apart what can come back (network.md §1.11, §4).

mod answer;
mod info;
mod pace;
mod round;
mod template;

use std::time::Duration;

use domain::{address::Address, endpoint::Answer, node::Machine, time::Timestamp};
use outbound::{BodyError, Cause, Guarded};
use reqwest::{Method, Response, StatusCode, header};
use tokio::time::Instant;

pub use info::{Info, read};
pub use pace::Pace;
pub use round::{Round, Witnesses};
use template::Template;
pub use template::TemplateError;

use answer::Seen;

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
    /// How long it asks to be left alone, where it does.
    pub retry_after: Option<Duration>,
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

    /// The pace at which a round over so many nodes fits into its period.
    #[must_use]
    pub fn pace(&self, nodes: usize, period: Duration) -> Pace {
        Pace::of(nodes, self.limits.timeout, period)
    }

    /// Asks one node once. `now` is read when the answer is there.
    pub async fn probe(&self, node: Address, now: &impl Fn() -> Timestamp) -> Probed {
        let started = Instant::now();
        let seen = tokio::time::timeout(self.limits.timeout, self.look(&node)).await;
        let (seen, retry_after) =
            seen.unwrap_or((Seen::Failed { cause: Cause::Timeout, status: None }, None));
        let ms = u32::try_from(started.elapsed().as_millis()).unwrap_or(u32::MAX);
        Probed { retry_after, ..answer::probed(node, &seen, ms, now()) }
    }

    /// A node that was not asked, and why not is no fault of its own.
    fn unasked(node: Address, now: &impl Fn() -> Timestamp) -> Probed {
        answer::probed(node, &Seen::Failed { cause: Cause::Exhausted, status: None }, 0, now())
    }

    async fn look(&self, node: &Address) -> (Seen, Option<Duration>) {
        let failed = |cause| (Seen::Failed { cause, status: None }, None);
        let Some(url) = self.template.info_url(node) else { return failed(Cause::NoAddress) };
        let Ok(request) = self.client.request(Method::GET, url) else { return failed(Cause::Private) };
        match request.send().await {
            Ok(response) if response.status() == StatusCode::TOO_MANY_REQUESTS => {
                let seen = Seen::Said { status: 429, html: false, body: Vec::new() };
                (seen, outbound::retry_after(response.headers()))
            }
            Ok(response) => (self.read(response).await, None),
            Err(error) => failed(Cause::of(&error).0),
        }
    }

    async fn read(&self, response: Response) -> Seen {
        let status = response.status();
        let html = response
            .headers()
            .get(header::CONTENT_TYPE)
            .is_some_and(|kind| kind.as_bytes().to_ascii_lowercase().starts_with(b"text/html"));
        if status != StatusCode::OK && status != StatusCode::NOT_FOUND {
            return Seen::Said { status: status.as_u16(), html, body: Vec::new() };
        }
        let status = status.as_u16();
        match outbound::body(response, self.limits.body).await {
            Ok(body) => Seen::Said { status, html, body },
            Err(BodyError::TooLarge) => Seen::TooLarge { status },
            Err(BodyError::Broken(error)) => {
                Seen::Failed { cause: Cause::of(&error).0, status: Some(status) }
            }
        }
    }
}
