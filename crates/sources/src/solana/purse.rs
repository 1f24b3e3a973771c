//! What the nodes' wallets hold: SOL, NOS and stake of 100 nodes in three calls (network.md §1.6, §1.7, §2.1).

use domain::{address::Address, lookup::Lookup, stake::Stake, why::Why};

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

/// Looks into the wallets of `nodes`, in ⌈3 · nodes / 100⌉ calls; the answer has the order of `nodes`.
///
/// # Errors
/// Any call that failed. An account that does not decode, or an amount that does not fit, is that value's own error.
pub async fn purses(
    rpc: &Rpc,
    programs: &Programs,
    nodes: &[Address],
) -> Result<Vec<(Address, PurseRead)>, RpcError> {
    let keys: Vec<Address> = nodes.iter().flat_map(|node| keys(programs, node)).collect();
    let mut accounts = Vec::with_capacity(keys.len());
    // Packed to the last key: the three accounts of one node are three values, each with an age of its own.
    for keys in keys.chunks(MOST_KEYS) {
        accounts.extend(rpc.accounts(keys, token::ALLOCATED, None).await?.accounts);
    }
    let (accounts, _) = accounts.as_chunks::<KEYS>();
    let purses = nodes.iter().zip(accounts).map(|(node, [wallet, nos, stake])| {
        let sol = wallet.as_ref().map_or(Ok(0), |account| amount(account.lamports));
        let nos = nos_of(programs, node, nos.as_ref());
        let stake = stake_of(programs, node, stake.as_ref());
        (*node, PurseRead { sol, nos, stake })
    });
    Ok(purses.collect())
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

#[cfg(test)]
mod tests {
    use super::*;

    const NODE: Address = Address::new([7; 32]);
    const MAINNET: Programs = Programs::MAINNET;

    fn account(owner: Address, data: Vec<u8>) -> Account {
        Account { lamports: 2_039_280, owner, data: Ok(data) }
    }

    fn nos(mint: Address, owner: Address, amount: u64) -> Result<i64, Why> {
        let mut data = [mint.bytes().as_slice(), owner.bytes(), &amount.to_le_bytes()].concat();
        data.resize(token::ALLOCATED, 0);
        nos_of(&MAINNET, &NODE, Some(&account(TOKEN, data)))
    }

    fn staked(authority: Address, xnos: u128) -> Result<i64, Why> {
        let mut data = [stake::DISCRIMINATOR.as_slice(), &[0; 8], authority.bytes(), &[0; 49]].concat();
        data.extend(xnos.to_le_bytes());
        stake_of(&MAINNET, &NODE, Some(&account(MAINNET.staking, data)))
    }

    #[test]
    fn no_account_is_a_known_zero() {
        assert_eq!((nos_of(&MAINNET, &NODE, None), stake_of(&MAINNET, &NODE, None)), (Ok(0), Ok(0)));
        let emptied = account(Address::SYSTEM, Vec::new());
        assert_eq!(nos_of(&MAINNET, &NODE, Some(&emptied)), Ok(0));
    }

    #[test]
    fn an_amount_that_does_not_fit_is_unknown_and_never_cut() {
        assert_eq!(nos(MAINNET.nos_mint, NODE, 1_234_567), Ok(1_234_567));
        assert_eq!(nos(MAINNET.nos_mint, NODE, u64::MAX), Err(Why::OutOfRange));
        assert_eq!(staked(NODE, 33_448_000_000), Ok(33_448_000_000));
        assert_eq!(staked(NODE, u128::MAX), Err(Why::OutOfRange));
        assert_eq!((amount(i64::MAX as u64), amount(1_u64 << 63)), (Ok(i64::MAX), Err(Why::OutOfRange)));
    }

    #[test]
    fn somebody_elses_account_says_nothing() {
        let other = Address::new([8; 32]);
        assert_eq!(nos(other, NODE, 5), Err(Why::RpcBadAccount));
        assert_eq!(nos(MAINNET.nos_mint, other, 5), Err(Why::RpcBadAccount));
        assert_eq!(staked(other, 5), Err(Why::RpcBadAccount));
        let zeros = account(TOKEN, vec![0; token::ALLOCATED]);
        assert_eq!(nos_of(&MAINNET, &NODE, Some(&zeros)), Err(Why::RpcBadAccount));
    }
}
