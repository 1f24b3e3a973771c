//! What the nodes' wallets hold: SOL, NOS and stake of 33 nodes a call (network.md §1.6, §1.7, §2.1).

use domain::{address::Address, network::Lookup, stake::Stake, why::Why};

use super::{
    account::{Account, lookup},
    address::{Programs, TOKEN},
    answer::MOST_KEYS,
    rpc::{Rpc, RpcError},
    stake,
    token::{self, Token},
};

/// What one look into a node's wallet brought. A `null` account is a known zero.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct PurseRead {
    /// Lamports.
    pub sol: Result<i64, Why>,
    /// Micro-NOS.
    pub nos: Result<i64, Why>,
    /// Micro-xNOS; 0 while unstaking.
    pub stake: Result<i64, Why>,
}

/// Wallet, token account and stake of one node.
const KEYS: usize = 3;

/// Looks into the wallets of `nodes`, in ⌈nodes / 33⌉ calls; the answer has the order of `nodes`.
///
/// # Errors
/// Any call that failed. An account that does not decode, or an amount that does not fit, is that value's own error.
pub async fn purses(
    rpc: &Rpc,
    programs: &Programs,
    nodes: &[Address],
) -> Result<Vec<(Address, PurseRead)>, RpcError> {
    let mut purses = Vec::with_capacity(nodes.len());
    for nodes in nodes.chunks(MOST_KEYS / KEYS) {
        let keys: Vec<Address> = nodes.iter().flat_map(|node| keys(programs, node)).collect();
        let named = rpc.accounts(&keys, token::ALLOCATED, None).await?;
        let (accounts, _) = named.accounts.as_chunks::<KEYS>();
        for (node, [wallet, nos, stake]) in nodes.iter().zip(accounts) {
            let sol = wallet.as_ref().map_or(Ok(0), |account| amount(account.lamports));
            let nos = nos_of(programs, node, nos.as_ref());
            let stake = stake_of(programs, node, stake.as_ref());
            purses.push((*node, PurseRead { sol, nos, stake }));
        }
    }
    Ok(purses)
}

/// An address that cannot be derived (a chance of 2^-256) becomes the system program's, which is no token account and
/// no stake: the value is unknown then.
fn keys(programs: &Programs, node: &Address) -> [Address; KEYS] {
    let or_system = |derived: Option<Address>| derived.unwrap_or(Address::SYSTEM);
    [*node, or_system(programs.nos_account(node)), or_system(programs.stake(node))]
}

fn nos_of(programs: &Programs, node: &Address, account: Option<&Account>) -> Result<i64, Why> {
    match lookup(account, &TOKEN, token::decode) {
        Lookup::Gone => Ok(0),
        Lookup::Found(Token { mint, owner, amount: nos }) if mint == programs.nos_mint && owner == *node => {
            amount(nos)
        }
        Lookup::Found(_) | Lookup::Unreadable => Err(Why::RpcBadAccount),
    }
}

fn stake_of(programs: &Programs, node: &Address, account: Option<&Account>) -> Result<i64, Why> {
    match lookup(account, &programs.staking, stake::decode) {
        Lookup::Gone => Ok(0),
        Lookup::Found(Stake { authority, xnos, .. }) if authority == *node => amount(xnos),
        Lookup::Found(_) | Lookup::Unreadable => Err(Why::RpcBadAccount),
    }
}

fn amount(raw: impl TryInto<i64>) -> Result<i64, Why> {
    raw.try_into().map_err(|_| Why::OutOfRange)
}
