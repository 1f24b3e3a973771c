//! The world as accounts: what is on the chain now, and what was when it was finalized.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::clock::FINALIZED_LAG_MS;
use crate::encode;
use crate::key::{JOBS, Key, STAKING, SYSTEM, TOKEN};
use crate::world::World;

/// One account as the RPC server knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Account {
    pub(crate) lamports: u64,
    pub(crate) data: Vec<u8>,
    pub(crate) owner: Key,
}

/// All accounts at one moment, ordered by address.
pub(crate) type Accounts = BTreeMap<Key, Arc<Account>>;

/// The accounts as of a moment.
#[derive(Debug)]
pub(crate) struct Frame {
    pub(crate) at_ms: i64,
    pub(crate) accounts: Accounts,
}

/// The frames from the finalized one to the newest, oldest first.
#[derive(Debug)]
pub(crate) struct Ledger {
    past: VecDeque<Arc<Frame>>,
    newest: Arc<Frame>,
}

/// An account before it is laid over what stood in its place.
struct Draft {
    key: Key,
    owner: Key,
    lamports: u64,
    size: usize,
    logical: Vec<u8>,
}

impl Ledger {
    /// The first frame counts as having stood for ever.
    pub(crate) fn start(world: &World, now_ms: i64) -> Self {
        let accounts = drafts(world).map(|draft| (draft.key, Arc::new(draft.over(None)))).collect();
        Self { past: VecDeque::new(), newest: Arc::new(Frame { at_ms: now_ms, accounts }) }
    }

    /// Rebuilds the accounts from the world; says whether any differs.
    pub(crate) fn sync(&mut self, world: &World, now_ms: i64) -> bool {
        let old = &self.newest.accounts;
        let mut same = 0_usize;
        let accounts: Accounts = drafts(world)
            .map(|draft| match old.get(&draft.key) {
                Some(account) if draft.is(account) => {
                    same += 1;
                    (draft.key, Arc::clone(account))
                }
                before => (draft.key, Arc::new(draft.over(before.map(AsRef::as_ref)))),
            })
            .collect();
        if same == accounts.len() && same == old.len() {
            return false;
        }
        let frame = Arc::new(Frame { at_ms: now_ms, accounts });
        self.past.push_back(std::mem::replace(&mut self.newest, frame));
        // The newest of those that are finalized already must stay.
        while self.past.get(1).is_some_and(|next| next.at_ms <= now_ms - FINALIZED_LAG_MS) {
            self.past.pop_front();
        }
        true
    }

    /// The accounts now.
    pub(crate) fn confirmed(&self) -> Arc<Frame> {
        Arc::clone(&self.newest)
    }

    /// The accounts as they were 32 slots ago.
    pub(crate) fn finalized(&self, now_ms: i64) -> Arc<Frame> {
        let until = now_ms - FINALIZED_LAG_MS;
        let all = self.past.iter().chain([&self.newest]);
        let newest_old = all.clone().rev().find(|frame| frame.at_ms <= until);
        Arc::clone(newest_old.or(all.clone().next()).unwrap_or(&self.newest))
    }
}

impl Draft {
    fn is(&self, account: &Account) -> bool {
        account.lamports == self.lamports
            && account.owner == self.owner
            && account.data.len() == self.size
            && account.data.starts_with(&self.logical)
    }

    /// Lays the logical bytes over the account's bytes, so that a shrunk queue leaves stale ones, as on the chain.
    fn over(self, before: Option<&Account>) -> Account {
        let mut data = match before {
            Some(account) if account.data.len() == self.size => account.data.clone(),
            _ => stale(&self.key, self.size),
        };
        let logical = self.logical.len().min(self.size);
        data[..logical].copy_from_slice(&self.logical[..logical]);
        Account { lamports: self.lamports, data, owner: self.owner }
    }
}

/// What stands in a fresh account: half of them carry bytes of an earlier life.
fn stale(key: &Key, size: usize) -> Vec<u8> {
    let mut data = vec![0; size];
    if key.0[0].is_multiple_of(2) {
        let mut block: [u8; 32] = Sha256::digest(key.0).into();
        for chunk in data.chunks_mut(32) {
            chunk.copy_from_slice(&block[..chunk.len()]);
            block = Sha256::digest(block).into();
        }
    }
    data
}

fn drafts(world: &World) -> impl Iterator<Item = Draft> {
    let markets = world
        .markets
        .iter()
        .map(|m| Draft::of_program(m.address, JOBS, encode::MARKET_SIZE, encode::market(m)));
    let jobs = world
        .jobs
        .values()
        .filter(|job| !job.cleaned)
        .map(|job| Draft::of_program(job.address, JOBS, encode::JOB_SIZE, encode::job(job)));
    let runs =
        world.runs.values().map(|r| Draft::of_program(r.address, JOBS, encode::RUN_SIZE, encode::run(r)));
    let wallets = world.nodes.iter().filter(|node| node.lamports > 0).map(|node| Draft {
        key: node.address,
        owner: SYSTEM,
        lamports: node.lamports,
        size: 0,
        logical: Vec::new(),
    });
    let stakes = world.nodes.iter().filter_map(|node| {
        let (vault, bump) = &node.stake_vault;
        let logical = encode::stake(&node.stake?, &node.address, vault, *bump);
        Some(Draft::of_program(node.stake_account, STAKING, encode::STAKE_SIZE, logical))
    });
    let tokens = world.nodes.iter().filter_map(|node| {
        let logical = encode::token(&node.address, node.nos?);
        Some(Draft::of_program(node.nos_account, TOKEN, logical.len(), logical))
    });
    markets.chain(jobs).chain(runs).chain(wallets).chain(stakes).chain(tokens)
}

impl Draft {
    /// Lamports are what exempts the size from rent.
    fn of_program(key: Key, owner: Key, size: usize, logical: Vec<u8>) -> Self {
        let bytes = u64::try_from(size).unwrap_or(u64::MAX).saturating_add(128);
        Self { key, owner, lamports: bytes.saturating_mul(6_960), size, logical }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::genesis;

    const NOW: i64 = 1_790_000_000_000;

    #[test]
    fn a_shrunk_queue_leaves_stale_entries_behind_its_length() {
        let mut world = genesis::world(7, 50, NOW);
        let mut ledger = Ledger::start(&world, NOW);
        let market = world.markets.iter().find(|m| m.queue.len() >= 2 && m.kind as u8 == 1).unwrap();
        let (address, len) = (market.address, market.queue.len());
        let last = *market.queue.last().unwrap();
        let first = market.queue[0];
        world.stop(&address, &first, NOW).unwrap();
        assert!(ledger.sync(&world, NOW + 1_000));
        let data = ledger.confirmed().accounts[&address].data.clone();
        assert_eq!(data.len(), encode::MARKET_SIZE);
        assert_eq!(data[147..151], u32::try_from(len - 1).unwrap().to_le_bytes());
        let end = 151 + 32 * len;
        assert_eq!(data[end - 32..end], last.0, "the old last entry still stands there");
    }

    #[test]
    fn finalized_lags_by_thirty_two_slots() {
        let mut world = genesis::world(7, 20, NOW);
        let mut ledger = Ledger::start(&world, NOW);
        let node = world.nodes[0].address;
        let lamports = |frame: &Frame| frame.accounts[&node].lamports;
        let before = lamports(&ledger.confirmed());
        world.nodes[0].lamports = 7;
        assert!(ledger.sync(&world, NOW + 1_000));
        assert!(!ledger.sync(&world, NOW + 2_000), "nothing changed since");
        assert_eq!(lamports(&ledger.confirmed()), 7);
        assert_eq!(lamports(&ledger.finalized(NOW + 1_000 + FINALIZED_LAG_MS - 1)), before);
        assert_eq!(lamports(&ledger.finalized(NOW + 1_000 + FINALIZED_LAG_MS)), 7);
    }

    #[test]
    fn an_empty_wallet_is_no_account() {
        let mut world = genesis::world(7, 3, NOW);
        world.nodes[1].lamports = 0;
        let ledger = Ledger::start(&world, NOW);
        assert!(!ledger.confirmed().accounts.contains_key(&world.nodes[1].address));
    }
}
