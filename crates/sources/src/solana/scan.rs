//! One scan of the whole network: two lists, the jobs of the runs, and by name whatever the lists left out
//! (network.md §2.1).

use std::collections::BTreeSet;

use domain::{
    address::Address,
    job::Job,
    lookup::Lookup,
    market::Market,
    network::{List, MissingMarket, MissingRun, Network, Scan},
    run::Run,
};

use super::{
    account::lookup,
    address::Programs,
    answer::{Listed, MOST_KEYS},
    job,
    layout::LayoutError,
    market,
    rpc::{Kind, Rpc, RpcError},
    run,
    unpack::LONGEST_ACCOUNT,
};

/// A job that was asked for by name: its address, the slot of the answer, its account.
pub type NamedJob = (Address, u64, Lookup<Job>);

/// Enough for a job (240 bytes) and a run (120).
const JOB_AND_RUN: usize = 240;

/// Reads the whole network in 2 + ⌈runs / 100⌉ calls, and one call for 50 runs or 100 markets that `known` has and the
/// lists left out (and up to three more for each where the endpoint lags). Nothing is decided here: give the scan to [`Network::absorb`].
///
/// A network without markets comes back as it is, and nothing is asked by name then.
///
/// # Errors
/// Any call that failed; nothing of the scan counts then.
pub async fn scan(rpc: &Rpc, programs: &Programs, known: &Network) -> Result<Scan, RpcError> {
    let all_markets =
        Kind { program: programs.jobs, discriminator: market::DISCRIMINATOR, size: None, packed: true };
    let all_runs = Kind {
        program: programs.jobs,
        discriminator: run::DISCRIMINATOR,
        size: Some(run::ALLOCATED),
        packed: false,
    };
    // Behind one URL may stand many machines: one that lags behind what we know is given a moment.
    let known_slot = (known.slot > 0).then_some(known.slot);
    let markets = read(rpc.list(all_markets, known_slot).await?, programs, market::decode);
    if markets.accounts.is_empty() {
        let runs = List { slot: markets.slot, accounts: Vec::new(), unreadable: Vec::new() };
        return Ok(Scan {
            markets,
            runs,
            jobs: Vec::new(),
            missing_runs: Vec::new(),
            missing_markets: Vec::new(),
        });
    }
    let runs = read(rpc.list(all_runs, Some(markets.slot)).await?, programs, run::decode);
    let jobs = jobs_of(rpc, programs, &runs).await?;
    let (unlisted_markets, unlisted_runs) = known.missing_from(&markets, &runs);
    let missing_markets = ask_markets(rpc, programs, &unlisted_markets, markets.slot).await?;
    let missing_runs = ask_runs(rpc, programs, &unlisted_runs, runs.slot).await?;
    Ok(Scan { markets, runs, jobs, missing_runs, missing_markets })
}

/// A list's accounts, each once: what does not decode, or is another program's, is kept by name.
fn read<T>(listed: Listed, programs: &Programs, decode: impl Fn(&[u8]) -> Result<T, LayoutError>) -> List<T> {
    let mut list = List { slot: listed.slot, accounts: Vec::new(), unreadable: Vec::new() };
    let mut seen = BTreeSet::new();
    for (address, account) in listed.accounts {
        if !seen.insert(address) {
            continue;
        }
        match account.read(&programs.jobs, &decode) {
            Some(value) => list.accounts.push((address, value)),
            None => list.unreadable.push(address),
        }
    }
    list
}

async fn jobs_of(rpc: &Rpc, programs: &Programs, runs: &List<Run>) -> Result<Vec<NamedJob>, RpcError> {
    let names: BTreeSet<Address> = runs.accounts.iter().map(|(_, run)| run.job).collect();
    let names: Vec<Address> = names.into_iter().collect();
    jobs(rpc, programs, &names, runs.slot).await
}

/// Jobs by name, in ⌈names / 100⌉ calls, each with the slot of its answer, which is not before `from`.
///
/// # Errors
/// Any call that failed.
pub async fn jobs(
    rpc: &Rpc,
    programs: &Programs,
    names: &[Address],
    from: u64,
) -> Result<Vec<NamedJob>, RpcError> {
    let mut jobs = Vec::with_capacity(names.len());
    for names in names.chunks(MOST_KEYS) {
        let named = rpc.accounts(names, JOB_AND_RUN, Some(from)).await?;
        for (name, account) in names.iter().zip(&named.accounts) {
            jobs.push((*name, named.slot, lookup(account.as_ref(), &programs.jobs, job::decode)));
        }
    }
    Ok(jobs)
}

async fn ask_markets(
    rpc: &Rpc,
    programs: &Programs,
    names: &[Address],
    from: u64,
) -> Result<Vec<MissingMarket>, RpcError> {
    let mut missing = Vec::with_capacity(names.len());
    for names in names.chunks(MOST_KEYS) {
        let named = rpc.accounts(names, LONGEST_ACCOUNT, Some(from)).await?;
        for (name, account) in names.iter().zip(&named.accounts) {
            let market: Lookup<Market> = lookup(account.as_ref(), &programs.jobs, market::decode);
            missing.push(MissingMarket { address: *name, slot: named.slot, market });
        }
    }
    Ok(missing)
}

/// A run and its job are asked for in one answer, so that both are of one slot.
async fn ask_runs(
    rpc: &Rpc,
    programs: &Programs,
    runs: &[(Address, Run)],
    from: u64,
) -> Result<Vec<MissingRun>, RpcError> {
    let mut missing = Vec::with_capacity(runs.len());
    for runs in runs.chunks(MOST_KEYS / 2) {
        let names: Vec<Address> = runs.iter().flat_map(|(address, run)| [*address, run.job]).collect();
        let named = rpc.accounts(&names, JOB_AND_RUN, Some(from)).await?;
        let (pairs, _) = named.accounts.as_chunks::<2>();
        for ((address, _), [run, job]) in runs.iter().zip(pairs) {
            missing.push(MissingRun {
                address: *address,
                slot: named.slot,
                run: lookup(run.as_ref(), &programs.jobs, run::decode),
                job: lookup(job.as_ref(), &programs.jobs, job::decode),
            });
        }
    }
    Ok(missing)
}
