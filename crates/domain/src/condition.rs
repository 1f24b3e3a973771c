//! Conditions of a node that are worth saying apart from its state: little SOL, the stake, its software, its cards, its
//! tier, and jobs that fail one after another. Each is judged from known values only.

use crate::{
    address::Address,
    event::{Event, EventKind},
    job::Outcome,
    node::{Machine, Purse},
    reading::Reading,
    rules::Rules,
    time::Timestamp,
    version,
};

/// Milliseconds of a UTC day.
const DAY: i64 = 86_400_000;

/// What a read of a wallet is worth saying: little SOL, once a UTC day and level; a stake that counts for nothing any
/// more, or that was cut. A failed read says nothing.
#[must_use]
pub fn purse(node: Address, before: &Purse, after: &Purse, rules: &Rules) -> Vec<Event> {
    let sol = low_sol(node, &after.sol, rules);
    let said = low_sol(node, &before.sol, rules);
    let sol = sol.filter(|event| said.as_ref().is_none_or(|said| said.key != event.key));
    sol.into_iter().chain(stake_cut(node, &before.stake, &after.stake)).collect()
}

/// The day in the key is that of the read, so that an old value is never said anew.
fn low_sol(node: Address, sol: &Reading<i64>, rules: &Rules) -> Option<Event> {
    let Reading::Known { value: lamports, at } = sol else { return None };
    let kind = match *lamports {
        lamports if lamports < rules.sol_critical => EventKind::SolCritical,
        lamports if lamports < rules.sol_low => EventKind::SolLow,
        _ => return None,
    };
    let event = Event::of_node(kind, kind.word(), node, Some(lamports.to_string()), *at);
    Some(Event { key: format!("{}:{node}:{}", kind.word(), day(*at)), ..event })
}

/// The staking program's weight falls to nothing with the unstake (or when the account is closed), and to less only when
/// somebody else takes from it.
fn stake_cut(node: Address, before: &Reading<i64>, after: &Reading<i64>) -> Option<Event> {
    let (was, _) = before.latest()?;
    let Reading::Known { value: is, at } = after else { return None };
    let event = |kind: EventKind, subject| Event {
        key: format!("{}:{node}:{}", kind.word(), at.millis()),
        ..Event::of_node(kind, kind.word(), node, Some(subject), *at)
    };
    match (*was, *is) {
        (was, 0) if was > 0 => Some(event(EventKind::Unstaking, was.to_string())),
        (was, is) if is > 0 && is < was => Some(event(EventKind::Slashed, format!("{was}/{is}"))),
        _ => None,
    }
}

/// A stake below the minimum of the market in whose queue or job the node is: once for each stake and minimum.
#[must_use]
pub fn stake_low(node: Address, market: Address, stake: &Reading<i64>, minimum: u128) -> Option<Event> {
    let Reading::Known { value: stake, at } = stake else { return None };
    let have = u128::try_from(*stake).ok().filter(|have| *have < minimum)?;
    let subject = format!("{have}/{minimum}");
    Some(Event {
        key: format!("stake_low:{node}:{market}:{subject}"),
        ..Event::of_node(EventKind::StakeLow, "stake_low", node, Some(subject), *at)
    })
}

/// Software below the network's minimum: once for each pair of versions. What is no version says nothing.
#[must_use]
pub fn version_old(node: Address, have: Option<&str>, need: Option<&str>, at: Timestamp) -> Option<Event> {
    let (have, need) = have.zip(need)?;
    version::is_below(have, need)?.then(|| {
        Event::of_node(EventKind::VersionOld, "version_old", node, Some(format!("{have}/{need}")), at)
    })
}

/// Other graphics cards than at the last report, by their serials: each set once a UTC day, however often two machines with
/// the same key take turns.
#[must_use]
pub fn gpu_changed(node: Address, before: &Machine, after: &Machine, at: Timestamp) -> Option<Event> {
    let (was, is) = (serials(before)?, serials(after)?);
    if was == is {
        return None;
    }
    let names: Vec<&str> = after.gpus.iter().map(|gpu| gpu.name.as_str()).collect();
    Some(Event {
        key: format!("gpu_changed:{node}:{}:{:016x}", day(at), fingerprint(&is)),
        ..Event::of_node(EventKind::GpuChanged, "gpu_changed", node, Some(names.join(", ")), at)
    })
}

/// The serials of a machine's cards, in order; `None` while one of them is not known.
fn serials(machine: &Machine) -> Option<Vec<&str>> {
    let mut serials: Vec<&str> = machine.gpus.iter().map(|gpu| gpu.uuid.as_deref()).collect::<Option<_>>()?;
    serials.sort_unstable();
    (!serials.is_empty()).then_some(serials)
}

/// FNV-1a: short, and the same in every version of the program.
fn fingerprint(texts: &[&str]) -> u64 {
    let bytes = texts.iter().flat_map(|text| text.bytes().chain([0]));
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// Another tier than at the last report that named one.
#[must_use]
pub fn tier_changed(
    node: Address,
    before: Option<&str>,
    after: Option<&str>,
    at: Timestamp,
) -> Option<Event> {
    let (was, is) = before.zip(after).filter(|(was, is)| was != is)?;
    Some(Event {
        key: format!("tier_changed:{node}:{}", at.millis()),
        ..Event::of_node(EventKind::TierChanged, "tier_changed", node, Some(format!("{was}/{is}")), at)
    })
}

/// The last jobs of a node all failed. `ended`: its ended runs with how they ended, newest first, as many as one has; a
/// streak is said once, whatever its length, as long as its beginning is among them.
#[must_use]
pub fn jobs_failing(
    node: Address,
    ended: &[(Address, Outcome)],
    rules: &Rules,
    at: Timestamp,
) -> Option<Event> {
    let streak = ended.iter().take_while(|(_, outcome)| *outcome == Outcome::Failed).count();
    let (first, _) = streak.checked_sub(1).and_then(|last| ended.get(last))?;
    let told_before = streak == ended.len() && streak > rules.failures * 2;
    (streak >= rules.failures && !told_before).then(|| Event {
        key: format!("jobs_failing:{node}:{first}"),
        ..Event::of_node(EventKind::JobsFailing, "jobs_failing", node, Some(streak.to_string()), at)
    })
}

/// The number of a UTC day, as its date.
fn day(at: Timestamp) -> String {
    let start = Timestamp::from_millis(at.millis().div_euclid(DAY).saturating_mul(DAY));
    crate::alert::zone::local(start, &jiff::tz::TimeZone::UTC).date().to_string()
}

#[cfg(test)]
#[path = "condition_tests.rs"]
mod tests;
