//! What an answer is, judged without any I/O: the table of network.md §1.11.

use domain::{
    address::Address,
    endpoint::{Activity, Answer, AnswerKind},
    node::Machine,
    time::Timestamp,
};
use outbound::Cause;

use super::{Probed, info};

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
    Probed { node, answer: Answer { kind, status, ms, at, activity: None }, machine: None, retry_after: None }
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
    Probed { node, answer: Answer { kind, status: Some(200), ms, at, activity }, machine, retry_after: None }
}

const fn failure(cause: Cause) -> AnswerKind {
    match cause {
        Cause::NoAddress => AnswerKind::Dns,
        Cause::Private => AnswerKind::Private,
        Cause::Exhausted => AnswerKind::Unasked,
        Cause::Refused => AnswerKind::Refused,
        Cause::Reset => AnswerKind::Reset,
        Cause::Tls => AnswerKind::Tls,
        Cause::Timeout => AnswerKind::Timeout,
    }
}

fn is_tunnel_page(body: &[u8]) -> bool {
    TUNNEL_WORDS.iter().any(|words| body.windows(words.len()).any(|window| window == *words))
}

#[cfg(test)]
mod tests {
    use domain::{endpoint::Meaning, why::Why};

    use super::*;

    const NODE: Address = Address::new([7; 32]);

    fn said(status: u16, html: bool, body: &str) -> Seen {
        Seen::Said { status, html, body: body.as_bytes().to_vec() }
    }

    fn judged(seen: &Seen) -> (AnswerKind, Option<u16>, Meaning) {
        let Probed { answer, .. } = probed(NODE, seen, 12, Timestamp::from_millis(34));
        assert_eq!((answer.ms, answer.at.millis()), (12, 34));
        (answer.kind, answer.status, answer.meaning())
    }

    fn kind(seen: &Seen) -> AnswerKind {
        judged(seen).0
    }

    #[test]
    fn the_node_itself_is_up_in_its_own_words() {
        let seen = said(200, false, &format!(r#"{{"node":"{NODE}","state":"QUEUED"}}"#));
        assert_eq!(judged(&seen), (AnswerKind::Ok, Some(200), Meaning::Up(Activity::Queued)));
        let mute = said(200, false, &format!(r#"{{"node":"{NODE}"}}"#));
        assert_eq!(judged(&mute).2, Meaning::Up(Activity::Other));
    }

    #[test]
    fn somebody_else_in_its_place_is_not_the_node() {
        let page = said(200, true, "<html>Welcome</html>");
        assert_eq!(judged(&page), (AnswerKind::NotJson, Some(200), Meaning::Foreign(Why::NotJson)));
        let other = said(200, false, &format!(r#"{{"node":"{}","state":"QUEUED"}}"#, Address::SYSTEM));
        assert_eq!(judged(&other), (AnswerKind::OtherNode, Some(200), Meaning::Foreign(Why::OtherNode)));
        assert_eq!(kind(&said(200, false, r#"{"status":"ok"}"#)), AnswerKind::NotJson);
    }

    #[test]
    fn the_tunnels_page_is_known_by_its_words_or_by_being_a_page() {
        let page = (AnswerKind::TunnelPage, Some(404), Meaning::NoAnswer);
        assert_eq!(judged(&said(404, false, "<p><em>Faithfully yours, frp.</em></p>")), page);
        assert_eq!(judged(&said(404, false, "The page you requested was not found.")), page);
        assert_eq!(judged(&said(404, true, "<html>Nobody here</html>")), page);
        assert_eq!(judged(&Seen::TooLarge { status: 404 }), page);
        let own = (AnswerKind::HttpStatus, Some(404), Meaning::Foreign(Why::HttpError));
        assert_eq!(judged(&said(404, false, "Cannot GET /node/info")), own);
    }

    #[test]
    fn every_status_has_its_meaning() {
        let meaning = |status| judged(&said(status, false, "")).2;
        assert_eq!([502, 503, 504].map(meaning), [Meaning::NoAnswer; 3]);
        assert_eq!([401, 403, 511].map(meaning), [Meaning::Foreign(Why::AsksSignIn); 3]);
        assert_eq!([301, 302, 308].map(meaning), [Meaning::Foreign(Why::Redirect); 3]);
        assert_eq!(meaning(429), Meaning::Foreign(Why::Throttled));
        assert_eq!(meaning(451), Meaning::Foreign(Why::UnavailableForLegalReasons));
        assert_eq!([204, 400, 500].map(meaning), [Meaning::Foreign(Why::HttpError); 3]);
    }

    #[test]
    fn every_failure_keeps_its_kind() {
        let failed = |cause, status| Seen::Failed { cause, status };
        let pairs = [
            (Cause::Refused, AnswerKind::Refused),
            (Cause::Reset, AnswerKind::Reset),
            (Cause::Tls, AnswerKind::Tls),
            (Cause::Timeout, AnswerKind::Timeout),
        ];
        for (cause, kind) in pairs {
            assert_eq!(judged(&failed(cause, None)), (kind, None, Meaning::NoAnswer));
        }
        let nowhere = judged(&failed(Cause::NoAddress, None));
        assert_eq!(nowhere, (AnswerKind::Dns, None, Meaning::Foreign(Why::NoAddress)));
        let private = judged(&failed(Cause::Private, None));
        assert_eq!(private, (AnswerKind::Private, None, Meaning::Foreign(Why::PrivateAddress)));
        let ours = judged(&failed(Cause::Exhausted, None));
        assert_eq!(ours, (AnswerKind::Unasked, None, Meaning::Foreign(Why::NotAsked)));
        let half = judged(&failed(Cause::Reset, Some(200)));
        assert_eq!(half, (AnswerKind::Reset, Some(200), Meaning::NoAnswer));
        let endless = judged(&Seen::TooLarge { status: 200 });
        assert_eq!(endless, (AnswerKind::TooLarge, Some(200), Meaning::Foreign(Why::TooLarge)));
    }
}
