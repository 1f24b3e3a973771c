//! What an answer is, judged without any I/O: the table of network.md §1.11.

use domain::{
    address::Address,
    endpoint::{Activity, Answer, AnswerKind},
    node::Machine,
    time::Timestamp,
};

use super::{Probed, info};
use crate::http::Cause;

/// What came back, before it is judged.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Seen {
    /// No full answer.
    Failed {
        /// Why.
        cause: Cause,
        /// The status, where the headers came through.
        status: Option<u16>,
    },
    /// A body over the cap.
    TooLarge {
        /// The status it came with.
        status: u16,
    },
    /// An answer; the body is read where it matters, for 200 and 404.
    Said {
        /// The HTTP status.
        status: u16,
        /// Whether it calls itself HTML.
        html: bool,
        /// The body.
        body: Vec<u8>,
    },
}

/// What the tunnel's page says when it has no such node.
const TUNNEL_WORDS: [&[u8]; 2] = [b"Faithfully yours, frp.", b"The page you requested was not found"];

/// The evidence of one probe.
pub(super) fn probed(node: Address, seen: &Seen, ms: u32, at: Timestamp) -> Probed {
    let (kind, status) = match seen {
        Seen::Failed { cause, status } => (failure(*cause), *status),
        // The node's own 404 is short; a page of any length is not the node's.
        Seen::TooLarge { status: 404 } => (AnswerKind::TunnelPage, Some(404)),
        Seen::TooLarge { status } => (AnswerKind::TooLarge, Some(*status)),
        Seen::Said { status: 200, body, .. } => return of_body(node, body, ms, at),
        Seen::Said { status: 404, html, body } if *html || is_tunnel_page(body) => {
            (AnswerKind::TunnelPage, Some(404))
        }
        Seen::Said { status: status @ 300..=399, .. } => (AnswerKind::Redirect, Some(*status)),
        Seen::Said { status, .. } => (AnswerKind::HttpStatus, Some(*status)),
    };
    Probed { node, answer: Answer { kind, status, ms, at, activity: None }, machine: None }
}

fn of_body(node: Address, body: &[u8], ms: u32, at: Timestamp) -> Probed {
    let (kind, activity, machine): (_, _, Option<Machine>) = match info::read(body) {
        None => (AnswerKind::NotJson, None, None),
        Some(info) if info.node != node.to_string() => (AnswerKind::OtherNode, None, None),
        Some(info) => {
            let activity = info.state.as_deref().map_or(Activity::Other, Activity::from_node);
            (AnswerKind::Ok, Some(activity), info.machine)
        }
    };
    Probed { node, answer: Answer { kind, status: Some(200), ms, at, activity }, machine }
}

const fn failure(cause: Cause) -> AnswerKind {
    match cause {
        Cause::NoAddress => AnswerKind::Dns,
        Cause::Refused => AnswerKind::Refused,
        Cause::Reset => AnswerKind::Reset,
        Cause::Tls => AnswerKind::Tls,
        Cause::Timeout => AnswerKind::Timeout,
    }
}

fn is_tunnel_page(body: &[u8]) -> bool {
    TUNNEL_WORDS.iter().any(|words| body.windows(words.len()).any(|window| window == *words))
}
