//! The jobs that are over, of all nodes at once: two lists find what was shorter than a scan (network.md §1.11).

use domain::{address::Address, job::JobState};

use super::{
    address::Programs,
    job,
    layout::{Fields, LayoutError},
    rpc::{Kind, Part, Rpc, RpcError},
};

/// A job that is over, as far as its slice tells. Whether there was a result is not in it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct EndedJob {
    /// Where it was listed.
    pub market: Address,
    /// Who ran it; the system program where the account does not say (a job that was quit).
    pub node: Address,
    /// Micro-NOS per second.
    pub price: u64,
    /// The state byte.
    pub state: JobState,
    /// Unix seconds; 0 where the account does not say.
    pub time_end: i64,
    /// Unix seconds; 0 where the account does not say.
    pub time_start: i64,
    /// Seconds.
    pub timeout: i64,
}

/// Everything that is over and not yet cleaned away.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct EndedJobs {
    /// A slot at or before that of both lists.
    pub slot: u64,
    /// The jobs by address. Absence from this list proves nothing.
    pub jobs: Vec<(Address, EndedJob)>,
}

/// Market to timeout of a job's account: where it begins, and its length.
const SLICE: (usize, usize) = (72, 161);
/// Where the state byte stands in the account.
const STATE: usize = 208;
/// Done and Stopped, as the chain writes them.
const OVER: [u8; 2] = [2, 3];

/// Reads the slice of 161 bytes at 72 of a job's account.
///
/// # Errors
/// Too few bytes.
pub fn decode(slice: &[u8]) -> Result<EndedJob, LayoutError> {
    let mut fields = Fields::bare(slice);
    let market = fields.address()?;
    let node = fields.address()?;
    let _payer = fields.address()?;
    let price = fields.u64()?;
    let _project = fields.address()?;
    let state = JobState::from_byte(fields.byte()?);
    // The end stands before the start.
    let time_end = fields.i64()?;
    let time_start = fields.i64()?;
    let timeout = fields.i64()?;
    Ok(EndedJob { market, node, price, state, time_end, time_start, timeout })
}

/// Lists the jobs that are done and those that are stopped, in two calls, at slots not before `from`.
///
/// # Errors
/// Either call failed. A job that does not decode is left out.
pub async fn ended_jobs(rpc: &Rpc, programs: &Programs, from: Option<u64>) -> Result<EndedJobs, RpcError> {
    let kind = Kind { program: programs.jobs, discriminator: job::DISCRIMINATOR, size: None, packed: false };
    let mut found = EndedJobs { slot: u64::MAX, jobs: Vec::new() };
    for state in OVER {
        let listed = rpc.list_parts(kind, Part { byte: (STATE, state), slice: SLICE }, from).await?;
        found.slot = found.slot.min(listed.slot);
        for (address, account) in listed.accounts {
            let job = account.read(&programs.jobs, decode);
            // An endpoint that ignores the filter says nothing of a job that is not over.
            let over = job.filter(|job| matches!(job.state, JobState::Done | JobState::Stopped));
            found.jobs.extend(over.map(|job| (address, job)));
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_slice_says_the_same_as_its_whole_account(body in prop::collection::vec(any::<u8>(), 232)) {
            let account = [&job::DISCRIMINATOR[..], &body].concat();
            let whole = job::decode(&account).unwrap();
            let part = decode(account.get(72..233).unwrap()).unwrap();
            let of_whole = EndedJob {
                market: whole.market, node: whole.node, price: whole.price, state: whole.state,
                time_end: whole.time_end, time_start: whole.time_start, timeout: whole.timeout,
            };
            prop_assert_eq!(part, of_whole);
        }

        #[test]
        fn no_bytes_make_it_panic(slice in prop::collection::vec(any::<u8>(), 0..200)) {
            prop_assert_eq!(decode(&slice).is_ok(), slice.len() >= SLICE.1);
        }
    }
}
