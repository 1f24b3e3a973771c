//! What quiet hours held, and what our own absence swallowed.

use std::collections::{BTreeMap, BTreeSet};

use super::{LISTED, blank, is_urgent, kind_now, listed, name};
use crate::{
    alert::{
        compose::{Desk, Item, Waiting},
        words::Words,
    },
    event::EventKind,
    wording::{
        fact::{Stand, runs_on, stand},
        figure::Speech,
        tongue::Many,
    },
};

/// What quiet hours held, as one message: what is still true by line, what is over as one line, and what we missed.
#[must_use]
pub fn night(desk: &Desk<'_>, items: &[Item<'_>], missed: &[&Waiting]) -> Words {
    let speech = Speech::of(desk.preferences, desk.now);
    let (over, still): (Vec<Item<'_>>, Vec<Item<'_>>) = items.iter().partition(|item| is_history(desk, item));
    // Trouble first; jobs, of which a night has many, by kind.
    let (jobs, mut other): (Vec<Item<'_>>, Vec<Item<'_>>) =
        still.iter().partition(|item| item.event().kind.is_job());
    other.sort_by_key(|item| !is_urgent(kind_now(desk, item)));
    let mut lines = listed(desk, &speech, &other);
    lines.extend(jobs_by_kind(desk, &speech, &jobs));
    if !over.is_empty() {
        lines.push(speech.tongue.over(&listed(desk, &speech, &over)));
    }
    if let Some(line) = missed_line(desk, &speech, missed) {
        lines.push(line);
    }
    let kind = items.iter().map(|item| kind_now(desk, item)).min_by_key(|kind| !is_urgent(*kind));
    let kind = kind.unwrap_or(EventKind::Summary);
    let rows = items.iter().flat_map(Item::rows);
    Words {
        fold: "night".to_owned(),
        urgent: still.iter().any(|item| is_urgent(kind_now(desk, item))),
        title: speech.tongue.night(items.len()),
        lines,
        at: rows.map(|row| row.event.at).max().unwrap_or(desk.now),
        ..blank(desk.preferences, kind)
    }
}

/// What began and ended while we did not watch: counted in one line.
#[must_use]
pub fn missed(desk: &Desk<'_>, rows: &[&Waiting]) -> Words {
    let speech = Speech::of(desk.preferences, desk.now);
    let (from, to) = desk.gap.unwrap_or((desk.now, desk.now));
    Words {
        fold: "missed".to_owned(),
        title: speech.tongue.unwatched(&speech.time(from), &speech.time(to)),
        lines: missed_line(desk, &speech, rows).into_iter().collect(),
        at: to,
        ..blank(desk.preferences, EventKind::Sighted)
    }
}

/// Jobs by kind: one or two by their titles, more as one line with the nodes' names.
fn jobs_by_kind(desk: &Desk<'_>, speech: &Speech, jobs: &[Item<'_>]) -> Vec<String> {
    let mut kinds: BTreeMap<EventKind, Vec<Item<'_>>> = BTreeMap::new();
    for job in jobs {
        kinds.entry(job.event().kind).or_default().push(*job);
    }
    let lines = kinds.into_iter().flat_map(|(kind, jobs)| {
        if jobs.len() <= 2 {
            return listed(desk, speech, &jobs);
        }
        let title =
            speech.tongue.many(&Many { kind, count: jobs.len(), tag: None, within: None, over: false });
        let paid: i128 = jobs.iter().filter_map(|job| job.event().micro_nos).map(i128::from).sum();
        let paid = if paid > 0 { format!(", {} NOS", speech.nos(paid)) } else { String::new() };
        let names: BTreeSet<String> = jobs.iter().map(|job| name(desk, job.event().node)).collect();
        let mut shown: Vec<String> = names.iter().take(LISTED).cloned().collect();
        if names.len() > shown.len() {
            shown.push(speech.tongue.more(names.len() - shown.len()));
        }
        vec![format!("{title}{paid}: {}", shown.join(", "))]
    });
    lines.collect()
}

fn missed_line(desk: &Desk<'_>, speech: &Speech, rows: &[&Waiting]) -> Option<String> {
    let (from, to) = desk.gap.filter(|_| !rows.is_empty())?;
    let ends = rows.iter().filter(|row| row.event.kind != EventKind::JobStarted);
    let (jobs, others): (Vec<&&Waiting>, Vec<&&Waiting>) = ends.partition(|row| row.event.kind.is_job());
    let others = others.iter().filter(|row| row.event.ends().is_some()).count();
    let watched = speech.tongue.unwatched(&speech.time(from), &speech.time(to));
    Some(format!("{watched}. {}", speech.tongue.missed(jobs.len(), others)))
}

/// Whether it is over: its end waits with it, or the node stands in a queue or a run again.
fn is_history(desk: &Desk<'_>, item: &Item<'_>) -> bool {
    let works = || matches!(stand(desk, item.event().node), Stand::Running | Stand::Queued { .. });
    match item.event().kind {
        _ if item.is_over() => true,
        EventKind::Kicked | EventKind::Stuck => works(),
        EventKind::Back | EventKind::Sighted => true,
        EventKind::JobOverdue => !runs_on(desk, item.event()),
        EventKind::JobStarted => stand(desk, item.event().node) != Stand::Running,
        _ => false,
    }
}
