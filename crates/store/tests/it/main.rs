//! The store as its callers see it, the whole suite on both databases.

#[cfg(test)]
mod accounts;
#[cfg(test)]
mod alerts;
#[cfg(test)]
mod answers;
#[cfg(test)]
mod changes;
#[cfg(test)]
mod destinations;
#[cfg(test)]
mod events;
#[cfg(test)]
mod kept;
#[cfg(test)]
mod keys;
#[cfg(test)]
mod leases;
#[cfg(test)]
mod ledger;
#[cfg(test)]
mod nodes;
#[cfg(test)]
mod opening;
#[cfg(test)]
mod reconcile;
#[cfg(test)]
mod sessions;
#[cfg(test)]
mod signed;
#[cfg(test)]
mod watches;
#[cfg(test)]
mod world;
