//! English.

mod part;

use jiff::civil::Date;

use part::{blindness, channel_name, now, sight, silence, silent};

use super::{
    fact::{Fact, Stand},
    tongue::{Many, Tongue, with},
};
use crate::event::EventKind;

/// English.
pub struct En;

impl Tongue for En {
    fn point(&self) -> char {
        '.'
    }

    fn thousands(&self) -> char {
        ','
    }

    fn days(&self, days: i64) -> String {
        format!("{days} d")
    }

    fn date(&self, date: Date) -> String {
        date.strftime("%-d %b").to_string()
    }

    fn title(&self, name: &str, fact: &Fact) -> String {
        match fact {
            Fact::Silent { stand, .. } => silent(name, "is", stand),
            Fact::StillDown { stand, lasts, .. } => {
                format!("{}, for {lasts}", silent(name, "is still", stand))
            }
            Fact::Back { lasted, .. } => format!("{name} is back after {lasted}"),
            Fact::WasSilent { lasted, .. } => format!("{name} was silent for {lasted} and is back"),
            Fact::JobStarted => format!("{name} started a job"),
            Fact::JobFinished { figures } => with(&format!("{name} finished a job"), figures.as_deref()),
            Fact::JobFailed => format!("{name} failed a job"),
            Fact::JobAbandoned => format!("{name} lost a job"),
            Fact::JobEndedByDeployer { figures } => {
                with(&format!("The deployer ended a job of {name}"), figures.as_deref())
            }
            Fact::JobEnded => format!("{name} ended a job"),
            Fact::JobOverdue { lasts: true } => format!("{name} runs a job past its deadline"),
            Fact::JobOverdue { lasts: false } => format!("{name} ran a job past its deadline"),
            Fact::Queued => format!("{name} entered the queue"),
            Fact::Kicked { .. } => format!("{name} was put out of the queue"),
            Fact::Stuck { .. } => format!("{name} is stuck"),
            Fact::SolLow { left } => format!("{name} is low on SOL: {left} left"),
            Fact::SolCritical { left } => format!("{name} is about to stop: {left} SOL left"),
            Fact::StakeLow { .. } => format!("The stake of {name} is below its market’s minimum"),
            Fact::Unstaking { .. } => format!("The stake of {name} counts no more"),
            Fact::Slashed { .. } => format!("The stake of {name} was cut"),
            Fact::TierChanged { is, .. } => format!("{name} is now in the tier {is}"),
            Fact::VersionOld { .. } => format!("{name} runs software that is too old"),
            Fact::GpuChanged { .. } => format!("{name} reports other graphics cards"),
            Fact::JobsFailing { count } => format!("{name} failed its last {count} jobs"),
            Fact::Blind { source, since } => format!("We cannot see {} since {since}", sight(*source)),
            Fact::Sighted { source, lasted } => format!("We see {} again, after {lasted}", sight(*source)),
            Fact::WasBlind { source, lasted, .. } => {
                format!("We could not see {} for {lasted}", sight(*source))
            }
            Fact::DestinationPaused { channel, answer } if answer.is_empty() => {
                format!("{} takes nothing from us. We paused it", channel_name(*channel))
            }
            Fact::DestinationPaused { channel, answer } => {
                format!("{} answers “{answer}”. We paused it", channel_name(*channel))
            }
            Fact::Summary => "Your summary".to_owned(),
        }
    }

    fn lines(&self, fact: &Fact) -> Vec<String> {
        let lines: [Option<String>; 2] = match fact {
            Fact::Silent { since, stand } | Fact::StillDown { since, stand, .. } => silence(since, stand),
            Fact::Back { stand, .. } => [now(stand), None],
            Fact::WasSilent { from, to, stand, .. } => [Some(format!("From {from} to {to}.")), now(stand)],
            Fact::JobFailed => [Some("It quit the job and is paid nothing for it.".into()), None],
            Fact::JobAbandoned => {
                [Some("The network closed the run and left the job listed. It pays nothing.".into()), None]
            }
            Fact::JobEnded => {
                [Some("Its account is gone: nobody can read any more how it ended.".into()), None]
            }
            Fact::JobOverdue { lasts: false } => [Some("By now it has ended.".into()), None],
            Fact::JobOverdue { lasts: true } => [
                Some("It earns nothing more.".into()),
                Some("Stop the job on the node, or restart the node.".into()),
            ],
            Fact::Kicked { at, stand: Stand::Nowhere | Stand::Unknown } => [
                Some(format!("Since {at} it stands in no queue.")),
                Some("Look at its SOL, its stake and its software, then let it join again.".into()),
            ],
            Fact::Kicked { at, stand } => [Some(format!("That was at {at}.")), now(stand)],
            Fact::Stuck { says, stand: Stand::Nowhere | Stand::Unknown } => [
                Some(match says {
                    Some(says) => format!("It is up, neither queued nor running. It says {says}."),
                    None => "It is up, neither queued nor running.".into(),
                }),
                Some("Look at the node’s own log, then restart it.".into()),
            ],
            Fact::Stuck { stand, .. } => [now(stand), None],
            Fact::SolLow { .. } | Fact::SolCritical { .. } => [
                Some("Below 0.0050 SOL the node takes no new work.".into()),
                Some("Send a little SOL to its address.".into()),
            ],
            Fact::StakeLow { have, need } => [
                Some(format!("It weighs {have} xNOS; the market asks for {need}.")),
                Some("Until it has that, it is not let into the queue again.".into()),
            ],
            Fact::Unstaking { was } => [
                Some(format!("It weighed {was} xNOS. It is being unstaked, or its account was closed.")),
                Some("Markets that ask for a stake turn the node away.".into()),
            ],
            Fact::Slashed { was, is } => {
                [Some(format!("It weighed {was} xNOS and now weighs {is}, without an unstake.")), None]
            }
            Fact::TierChanged { was, .. } => [Some(format!("It was in the tier {was}.")), None],
            Fact::VersionOld { have, need } => [
                Some(format!("It runs {have}; the network asks for {need} at least.")),
                Some("Update it, or it gets no more jobs.".into()),
            ],
            Fact::GpuChanged { names } => [
                (!names.is_empty()).then(|| format!("It has now: {names}.")),
                Some("If nobody changed them, the same key may run on two machines.".into()),
            ],
            Fact::JobsFailing { .. } => {
                [Some("Look at the node’s own log before the next one comes.".into()), None]
            }
            Fact::Blind { source, .. } => [Some(blindness(*source).into()), None],
            Fact::WasBlind { from, to, .. } => {
                [Some(format!("From {from} to {to}. No node changed state because of this.")), None]
            }
            Fact::DestinationPaused { .. } => {
                [Some("Nothing is sent there until you turn it on again.".into()), None]
            }
            Fact::JobStarted
            | Fact::JobFinished { .. }
            | Fact::JobEndedByDeployer { .. }
            | Fact::Queued
            | Fact::Sighted { .. }
            | Fact::Summary => [None, None],
        };
        lines.into_iter().flatten().collect()
    }

    fn many(&self, many: &Many<'_>) -> String {
        let Many { kind, count, tag, within, over } = *many;
        let place = tag.map(|tag| format!(" in {tag}")).unwrap_or_default();
        let within = within.map(|within| format!(" within {within}")).unwrap_or_default();
        let jobs = |what: &str| format!("{count} jobs{place} {what}");
        let nodes = |what: &str| format!("{count} nodes{place} {what}");
        match kind {
            EventKind::Silent | EventKind::Offline if over => nodes("were silent and are back"),
            EventKind::Silent => nodes(&format!("fell silent{within}")),
            EventKind::Offline => nodes(&format!("went offline{within}")),
            EventKind::StillDown => nodes("are still silent"),
            EventKind::Back => nodes("are back"),
            EventKind::Kicked => nodes(&format!("were put out of the queue{within}")),
            EventKind::Stuck => nodes("are stuck"),
            EventKind::Queued => nodes("entered a queue"),
            EventKind::JobStarted => jobs("started"),
            EventKind::JobFinished => jobs("finished"),
            EventKind::JobFailed => jobs("failed"),
            EventKind::JobAbandoned => jobs("were lost"),
            EventKind::JobEndedByDeployer => jobs("were ended by their deployers"),
            EventKind::JobEnded => jobs("ended"),
            EventKind::JobOverdue => jobs("run past their deadline"),
            EventKind::SolLow => nodes("are low on SOL"),
            EventKind::SolCritical => nodes("are about to stop for want of SOL"),
            EventKind::StakeLow => nodes("have too little stake for their market"),
            EventKind::Unstaking => nodes("have a stake that counts no more"),
            EventKind::Slashed => nodes("had their stake cut"),
            EventKind::TierChanged => nodes("changed their tier"),
            EventKind::VersionOld => nodes("run software that is too old"),
            EventKind::GpuChanged => nodes("report other graphics cards"),
            EventKind::JobsFailing => nodes("fail one job after another"),
            EventKind::Blind => format!("{count} times we could not see"),
            EventKind::Sighted => format!("{count} times we see again"),
            EventKind::DestinationPaused => format!("{count} destinations are paused"),
            EventKind::Summary => format!("{count} summaries"),
            EventKind::Test => format!("{count} tests"),
        }
    }

    fn one_cause(&self) -> String {
        "That looks like one cause.".to_owned()
    }

    fn in_all(&self, nos: &str) -> String {
        format!("{nos} NOS in all.")
    }

    fn more(&self, more: usize) -> String {
        format!("and {more} more")
    }

    fn unsteady(&self, name: &str, times: usize, since: &str) -> String {
        format!("{name} is unsteady: {times} times silent since {since}")
    }

    fn steady(&self, silent: bool) -> String {
        let now = if silent { "It is silent" } else { "It answers" };
        format!("{now}, without a change for 10 minutes. Until then we held our tongue.")
    }

    fn night(&self, things: usize) -> String {
        match things {
            1 => "While it was quiet, one thing happened".to_owned(),
            _ => format!("While it was quiet, {things} things happened"),
        }
    }

    fn over(&self, what: &[String]) -> String {
        format!("Over again: {}.", what.join("; "))
    }

    fn unwatched(&self, from: &str, to: &str) -> String {
        format!("We did not watch from {from} to {to}")
    }

    fn missed(&self, jobs: usize, others: usize) -> String {
        let jobs = match jobs {
            0 => None,
            1 => Some("1 job began and ended meanwhile; it was found.".to_owned()),
            _ => Some(format!("{jobs} jobs began and ended meanwhile; all were found.")),
        };
        let others = match others {
            0 => None,
            1 => Some("One thing more began and ended.".to_owned()),
            _ => Some(format!("{others} other things began and ended.")),
        };
        jobs.into_iter().chain(others).collect::<Vec<String>>().join(" ")
    }

    fn summary(&self, weekly: bool, jobs: usize, nos: &str) -> String {
        let what = if weekly { "Your week" } else { "Your day" };
        let jobs = if jobs == 1 { "1 job".to_owned() } else { format!("{jobs} jobs") };
        format!("{what}: {jobs}, {nos} NOS")
    }

    fn period(&self, from: &str, to: &str) -> String {
        format!("From {from} to {to}.")
    }

    fn failed(&self, jobs: usize) -> String {
        if jobs == 1 { "1 job failed.".to_owned() } else { format!("{jobs} jobs failed.") }
    }

    fn uptime(&self, nodes: usize, share: &str) -> String {
        let nodes = if nodes == 1 { "1 node".to_owned() } else { format!("{nodes} nodes") };
        format!("{nodes}, up for {share} of the time that we could see.")
    }

    fn needs(&self, nodes: usize) -> String {
        match nodes {
            0 => "No node needs you now.".to_owned(),
            1 => "1 node needs you now:".to_owned(),
            _ => format!("{nodes} nodes need you now:"),
        }
    }
}
