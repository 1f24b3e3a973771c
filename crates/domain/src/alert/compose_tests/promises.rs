//! What holds for every desk: nothing is lost, told twice, told too soon or told where nobody wants it.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

/// An event of one of three nodes at some second of an hour before noon.
fn row() -> impl Strategy<Value = (Event, i64)> {
    let kinds = prop::sample::select(EventKind::ALL.to_vec());
    (kinds, 0_usize..3, -3_600_i64..0, 0_i64..6).prop_map(|(kind, node, second, round)| {
        let (node, since) = (NODES[node], -round * 600 - 200);
        let event = match kind {
            kind if kind.is_silence() => silent(node, since),
            EventKind::Back => back(node, since, second.max(since)),
            kind => Event::of_node(kind, kind.word(), node, Some(second.to_string()), at(second)),
        };
        (event, second)
    })
}

prop_compose! {
    fn room()(
        rows in prop::collection::vec(row(), 0..12),
        told in prop::collection::vec(row(), 0..6),
        quiet in prop::option::of((690_u16..730, 690_u16..730)),
        muted in prop::option::of((0_usize..3, -60_i64..60)),
        gap in prop::option::of((-3_600_i64..0, 0_i64..1_800)),
        now in -60_i64..900,
    ) -> Room {
        let mut room = rows.into_iter().fold(Room::new(now), |room, (event, second)| {
            if room.waiting.iter().any(|row| row.event.key == event.key) { room } else { room.row(event, second) }
        });
        for (event, second) in told {
            if !room.waiting.iter().any(|row| row.event.key == event.key) {
                room = room.told(event, second);
            }
        }
        room.preferences.quiet = quiet.map(|(from, to)| Quiet { from, to });
        if let Some((node, until)) = muted {
            room.nodes.get_mut(&NODES[node]).unwrap().watched.muted_until = Some(at(until));
        }
        room.gap = gap.map(|(from, span)| (at(from), at(from + span)));
        room
    }
}

impl Room {
    fn find(&self, id: &str) -> &Waiting {
        self.waiting.iter().find(|row| row.id == id).unwrap()
    }

    fn is_muted(&self, row: &Waiting) -> bool {
        let node = row.event.node.and_then(|node| self.nodes.get(&node));
        node.is_some_and(|node| node.watched.muted_until.is_some_and(|until| until > at(self.now)))
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn every_waiting_row_ends_in_exactly_one_place(room in room()) {
        let composed = room.compose();
        let told = composed.messages.iter().flat_map(|draft| draft.rows.iter());
        let later = composed.later.iter().map(|(id, _)| id);
        let ids: Vec<&String> = told.chain(&composed.logged).chain(&composed.muted).chain(later).collect();
        let once: BTreeSet<&String> = ids.iter().copied().collect();
        prop_assert_eq!((ids.len(), once.len()), (room.waiting.len(), room.waiting.len()));
        for draft in &composed.messages {
            prop_assert!(!draft.rows.is_empty() && !draft.words.title.is_empty());
        }
    }

    #[test]
    fn nothing_is_told_in_quiet_hours_and_what_waits_waits_for_what_comes(room in room()) {
        let composed = room.compose();
        let quiet = room.preferences.quiet_until(at(room.now));
        prop_assert!(quiet.is_none() || composed.messages.is_empty());
        for (_, until) in &composed.later {
            prop_assert!(*until > at(room.now));
        }
    }

    #[test]
    fn no_row_of_a_muted_node_is_told_and_only_those_are_muted(room in room()) {
        let composed = room.compose();
        for id in composed.messages.iter().flat_map(|draft| &draft.rows) {
            prop_assert!(!room.is_muted(room.find(id)));
        }
        for id in &composed.muted {
            prop_assert!(room.is_muted(room.find(id)));
        }
    }

    #[test]
    fn back_is_never_told_without_its_silence(room in room()) {
        let composed = room.compose();
        for draft in &composed.messages {
            for began in draft.rows.iter().filter_map(|id| room.find(id).event.ends()) {
                let with_it = draft.rows.iter().any(|id| room.find(id).event.key == began);
                prop_assert!(with_it || room.told.iter().any(|told| told.event.key == began));
            }
        }
    }

    #[test]
    fn what_waits_is_told_in_the_end(mut room in room()) {
        room.preferences.quiet = None;
        for node in room.nodes.values_mut() {
            node.watched.muted_until = None;
        }
        room.now += 3_600;
        prop_assert_eq!(room.compose().later, []);
    }
}
