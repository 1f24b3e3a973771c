//! Telling again of silences that go on, to those who asked for it.

use domain::{
    alert::{
        compose::{self, Told, resend},
        plan::RowState,
    },
    event::{Event, EventKind},
};

use super::{Desk, Row, Rule, Server, bends, stamp};

impl Server<'_> {
    pub(super) fn again(&mut self, now: i64) -> Result<(), String> {
        for index in 0..self.desks.len() {
            let desk = &self.desks[index];
            let known = &self.people[desk.person];
            let lasts = self.house.nodes.iter().any(|known| known.node.endpoint.long_silence.is_some());
            if known.preferences.resend_minutes.is_none() || !lasts {
                continue;
            }
            let told: Vec<Told> = told(desk).filter(|told| self.counts(&told.event)).collect();
            let events = resend(&compose::Desk {
                preferences: &bends::preferences(self.rule, &known.preferences),
                channel: desk.channel,
                waiting: &[],
                nodes: &self.nodes(desk.person),
                told: &told,
                gap: None,
                now: stamp(now),
                rules: &self.house.rules,
            });
            self.judge.again(index, &self.facts, &events, now)?;
            let row = |event| Row { event, recorded: now, due: now, state: RowState::Waiting };
            self.desks[index].rows.extend(events.into_iter().map(row));
        }
        Ok(())
    }

    fn counts(&self, event: &Event) -> bool {
        self.rule != Rule::AgainAndAgain || event.kind != EventKind::StillDown
    }
}

/// What a desk was told, and what it will be.
fn told(desk: &Desk) -> impl Iterator<Item = Told> {
    let waiting = desk.rows.iter().filter(|row| row.state == RowState::Waiting);
    let waiting = waiting.map(|row| Told { event: row.event.clone(), at: stamp(row.recorded) });
    desk.told.iter().cloned().chain(waiting)
}
