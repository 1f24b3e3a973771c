//! What was last shown to people, for a server that is cut off from its store: lists of watches, and nodes with their past.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use domain::address::Address;
use store::Watch;

/// Spaces whose list is remembered.
const LISTS: usize = 1_000;
/// Nodes that are remembered with their past.
const NODES: usize = 500;

/// The memory. A space's part of it goes whenever something of it changes.
#[derive(Debug, Default)]
pub struct Memory(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    lists: HashMap<String, Arc<[Watch]>>,
    nodes: HashMap<(String, Address), Arc<str>>,
}

impl Memory {
    fn with<T>(&self, work: impl FnOnce(&mut Kept) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Remembers the watches of a space, in the order in which they are shown.
    pub fn keep_list(&self, space: &str, watches: &[Watch]) {
        self.with(|kept| {
            if kept.lists.len() < LISTS || kept.lists.contains_key(space) {
                kept.lists.insert(space.to_owned(), watches.into());
            }
        });
    }

    /// Remembers a node with its past, as the JSON that was answered.
    pub fn keep_node(&self, space: &str, address: Address, json: &str) {
        self.with(|kept| {
            let key = (space.to_owned(), address);
            if kept.nodes.len() >= NODES && !kept.nodes.contains_key(&key) {
                kept.nodes.clear();
            }
            kept.nodes.insert(key, json.into());
        });
    }

    /// Forgets what was shown of a space.
    pub fn forget(&self, space: &str) {
        self.with(|kept| {
            kept.lists.remove(space);
            kept.nodes.retain(|(of, _), _| of != space);
        });
    }

    /// The watches of a space.
    #[must_use]
    pub fn list(&self, space: &str) -> Option<Arc<[Watch]>> {
        self.with(|kept| kept.lists.get(space).cloned())
    }

    /// A node with its past, as JSON.
    #[must_use]
    pub fn node(&self, space: &str, address: Address) -> Option<Arc<str>> {
        self.with(|kept| kept.nodes.get(&(space.to_owned(), address)).cloned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_forgets_one_space_and_no_other() {
        let memory = Memory::default();
        let node = Address::new([7; 32]);
        for space in ["ada", "bea"] {
            memory.keep_list(space, &[]);
            memory.keep_node(space, node, "{}");
        }
        memory.forget("ada");
        assert!(memory.list("ada").is_none() && memory.node("ada", node).is_none());
        assert!(memory.list("bea").is_some() && memory.node("bea", node).is_some());
    }
}
