//! Where every node stands, small and quickly built: claims are made only for the nodes that somebody asks about.

use std::{
    collections::BTreeMap,
    fmt,
    hash::{BuildHasher, Hasher},
};

use foldhash::fast::RandomState;
use hashbrown::{HashTable, hash_table::Entry};

use crate::{
    address::Address,
    chain::{Claim, Queued, Running},
};

/// An index of the nodes that stand in a queue or own a run. Node addresses can be chosen by strangers, so the hash
/// has a seed of its own.
#[derive(Clone, Default)]
pub struct Places {
    /// Who stands at each place: all queues one behind the other, then the nodes of the runs.
    names: Vec<Address>,
    queues: Vec<Queue>,
    /// How many of the names stand in queues.
    queued: usize,
    runs: Vec<Running>,
    /// The first place of each node.
    first: HashTable<usize>,
    /// The further places of the few nodes that have several, by their first.
    further: BTreeMap<usize, Vec<usize>>,
    seed: RandomState,
}

#[derive(Clone, Copy)]
struct Queue {
    market: Address,
    /// Its first name.
    start: usize,
    length: usize,
}

impl Places {
    /// Of the node queues of these markets and of these runs with their nodes, in this order.
    pub(super) fn new<'a>(
        queues: impl Iterator<Item = (Address, &'a [Address])> + Clone,
        runs: impl Iterator<Item = (Address, Running)>,
    ) -> Self {
        let mut places = Self::default();
        let count =
            queues.clone().map(|(_, nodes)| nodes.len()).sum::<usize>().saturating_add(runs.size_hint().0);
        places.names.reserve_exact(count);
        places.first.reserve(count, |_| 0);
        for (market, nodes) in queues {
            places.queues.push(Queue { market, start: places.names.len(), length: nodes.len() });
            places.names.extend_from_slice(nodes);
        }
        places.queued = places.names.len();
        for (node, run) in runs {
            places.names.push(node);
            places.runs.push(run);
        }
        let Self { names, first, further, seed, .. } = &mut places;
        for (place, name) in names.iter().enumerate() {
            let same = |other: &usize| names.get(*other) == Some(name);
            let hash = |other: &usize| names.get(*other).map_or(0, |name| hash_of(seed, name));
            match first.entry(hash_of(seed, name), same, hash) {
                Entry::Vacant(vacant) => {
                    vacant.insert(place);
                }
                Entry::Occupied(occupied) => further.entry(*occupied.get()).or_default().push(place),
            }
        }
        places
    }

    /// What queues and runs say of a node; `None` when none names it.
    #[must_use]
    pub fn get(&self, node: &Address) -> Option<Claim> {
        let first = self.find(node)?;
        let further = self.further.get(&first).into_iter().flatten();
        let mut claim = Claim::default();
        for place in std::iter::once(&first).chain(further) {
            match place.checked_sub(self.queued) {
                Some(run) => claim.add_run(self.runs.get(run)?.clone()),
                None => claim.add_queue(self.place_in_queue(*place)?),
            }
        }
        Some(claim)
    }

    /// Whether a queue or a run names a node.
    #[must_use]
    pub fn contains(&self, node: &Address) -> bool {
        self.find(node).is_some()
    }

    /// The nodes, each once, in no order that means anything.
    pub fn nodes(&self) -> impl Iterator<Item = &Address> {
        self.first.iter().filter_map(|place| self.names.get(*place))
    }

    /// How many nodes there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.first.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.first.is_empty()
    }

    fn find(&self, node: &Address) -> Option<usize> {
        let same = |place: &usize| self.names.get(*place) == Some(node);
        self.first.find(hash_of(&self.seed, node), same).copied()
    }

    fn place_in_queue(&self, place: usize) -> Option<Queued> {
        let behind = self.queues.partition_point(|queue| queue.start <= place);
        let queue = self.queues.get(behind.checked_sub(1)?)?;
        let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        let position = number(place.saturating_sub(queue.start).saturating_add(1));
        Some(Queued { market: queue.market, position, length: number(queue.length), more: 0 })
    }
}

fn hash_of(seed: &RandomState, node: &Address) -> u64 {
    let mut hasher = seed.build_hasher();
    for half in node.bytes().as_chunks::<16>().0 {
        hasher.write_u128(u128::from_le_bytes(*half));
    }
    hasher.finish()
}

/// Two are the same when they say the same of every node.
impl PartialEq for Places {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.nodes().all(|node| self.get(node) == other.get(node))
    }
}

impl Eq for Places {}

impl fmt::Debug for Places {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.nodes().map(|node| (node, self.get(node)))).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Timestamp;

    fn key(byte: u8) -> Address {
        Address::new([byte; 32])
    }

    fn queued(market: u8, position: u32, length: u32) -> Queued {
        Queued { market: key(market), position, length, more: 0 }
    }

    fn run(byte: u8) -> Running {
        let started = Timestamp::from_unix_seconds(1);
        Running { run: key(byte), job: key(90), started, market: None, price: None, timeout: None, more: 0 }
    }

    fn places(queues: &[(u8, &[Address])], runs: &[(u8, u8)]) -> Places {
        let queues = queues.iter().map(|(market, nodes)| (key(*market), *nodes));
        Places::new(queues, runs.iter().map(|(node, of)| (key(*node), run(*of))))
    }

    #[test]
    fn a_node_has_all_its_places() {
        let (long, short) = ([key(1), key(2), key(3)], [key(3)]);
        let places = places(&[(10, &long), (11, &[]), (12, &short)], &[(3, 20), (4, 21), (3, 22)]);
        let mut three = Claim::default();
        three.add_queue(queued(10, 3, 3));
        three.add_queue(queued(12, 1, 1));
        three.add_run(run(20));
        three.add_run(run(22));
        let mut first = Claim::default();
        first.add_queue(queued(10, 1, 3));
        assert_eq!((places.get(&key(3)), places.get(&key(1))), (Some(three), Some(first)));
        assert_eq!((places.len(), places.contains(&key(4)), places.get(&key(5))), (4, true, None));
    }

    #[test]
    fn the_same_is_what_says_the_same() {
        let (one, other) = ([key(1), key(2)], [key(2), key(1)]);
        let of = |nodes: &[Address], node| places(&[(10, nodes)], &[(node, 20)]);
        assert_eq!(of(&one, 3), of(&one, 3));
        assert_ne!(of(&one, 3), of(&other, 3), "another order is another place");
        assert_ne!(of(&one, 3), of(&one, 4));
        assert_ne!(of(&one, 3), of(&one[..1], 3));
    }
}
