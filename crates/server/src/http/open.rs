//! Whether what somebody was told of still lasts.

use domain::{
    address::Address, chain::Chain, event::EventKind, rules::Rules, sight::Source, status::status,
    time::Timestamp,
};
use store::LoggedEvent;

use crate::live::{Live, LiveNode};

/// Whether the state that an event began is the one of now.
pub fn lasts(live: &Live, event: &LoggedEvent, rules: &Rules, now: Timestamp) -> bool {
    match event.kind {
        EventKind::Blind => {
            let (network, _) = live.network();
            let sights = [
                (Source::Chain, &network.chain),
                (Source::Endpoints, &network.endpoints),
                (Source::Indexer, &network.indexer),
            ];
            let sight =
                sights.into_iter().find(|(source, _)| Some(source.word()) == event.subject.as_deref());
            sight.and_then(|(_, sight)| sight.blind()).is_some_and(|(since, _)| since == event.at)
        }
        _ => event
            .node
            .and_then(|node: Address| live.node(&node))
            .is_some_and(|node| lasts_at(&node, event, rules, now)),
    }
}

fn lasts_at(live: &LiveNode, event: &LoggedEvent, rules: &Rules, now: Timestamp) -> bool {
    let node = &live.node;
    match event.kind {
        // The silence's first instant names it.
        EventKind::Silent | EventKind::Offline => node.endpoint.long_silence == Some(event.at),
        EventKind::Stuck => {
            let shown = status(node, rules, now);
            shown.stuck && event.at >= shown.since
        }
        EventKind::JobOverdue => {
            let run = node.chain.reading.known().and_then(Chain::subject).map(|run| run.to_string());
            run.is_some() && run == event.subject && status(node, rules, now).overdue
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::node::Node;

    #[test]
    fn a_silence_is_over_when_another_one_lasts() {
        let at = Timestamp::from_unix_seconds;
        let node = Address::new([7; 32]);
        let mut live = LiveNode::new(Node::new(node, at(0)), at(0));
        live.node.endpoint.long_silence = Some(at(900));
        let told = |since| LoggedEvent {
            id: 1,
            key: String::new(),
            kind: EventKind::Silent,
            node: Some(node),
            subject: None,
            at: at(since),
            seconds: None,
            micro_nos: None,
            recorded: at(since),
        };
        assert!(lasts_at(&live, &told(900), &Rules::default(), at(1_000)));
        assert!(!lasts_at(&live, &told(100), &Rules::default(), at(1_000)));
        live.node.endpoint.long_silence = None;
        assert!(!lasts_at(&live, &told(900), &Rules::default(), at(1_000)));
    }
}
