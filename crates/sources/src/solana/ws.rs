//! What a push connection says, read purely (network.md §2.2, §6). The socket is `push`.

use domain::address::Address;
use serde::Deserialize;

use super::{
    account::{Account, Packed},
    answer::{Context, Entry, Refusal},
    unpack::Unpacker,
};

/// One message of the server.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Message {
    /// The call `id` opened a subscription.
    Subscribed {
        /// The call.
        id: u64,
        /// The subscription's number.
        subscription: u64,
    },
    /// An account changed that was subscribed by its name; without lamports it is gone.
    Account {
        /// The subscription.
        subscription: u64,
        /// The slot of the change.
        slot: u64,
        /// The account now.
        account: Account,
    },
    /// An account of a program changed.
    Program {
        /// The subscription.
        subscription: u64,
        /// The slot of the change.
        slot: u64,
        /// Which account.
        address: Address,
        /// The account now.
        account: Account,
    },
    /// A call was refused; without an id it could not even be read.
    Refused {
        /// The call.
        id: Option<u64>,
        /// The JSON-RPC error's code.
        code: i64,
        /// The JSON-RPC error's words.
        message: String,
    },
    /// Anything else, such as the answer to an unsubscribe.
    Other,
}

#[derive(Deserialize)]
struct Wire<'a> {
    id: Option<u64>,
    method: Option<&'a str>,
    #[serde(borrow)]
    params: Option<&'a serde_json::value::RawValue>,
    #[serde(borrow)]
    result: Option<&'a serde_json::value::RawValue>,
    error: Option<Refusal>,
}

#[derive(Deserialize)]
struct Notice<T> {
    result: Change<T>,
    subscription: u64,
}

#[derive(Deserialize)]
struct Change<T> {
    context: Context,
    value: T,
}

/// Reads one message.
///
/// # Errors
/// It is not JSON, or a notification without what it must hold.
pub fn decode(text: &str) -> Result<Message, serde_json::Error> {
    let wire: Wire<'_> = serde_json::from_str(text)?;
    if let Some(Refusal { code, message }) = wire.error {
        return Ok(Message::Refused { id: wire.id, code, message });
    }
    match (wire.method, wire.params, wire.id, wire.result) {
        (Some("accountNotification"), Some(params), ..) => {
            let notice: Notice<Packed<'_>> = serde_json::from_str(params.get())?;
            let account = notice.result.value.unpack(&mut Unpacker::new());
            Ok(Message::Account {
                subscription: notice.subscription,
                slot: notice.result.context.slot,
                account,
            })
        }
        (Some("programNotification"), Some(params), ..) => {
            let notice: Notice<Entry<'_>> = serde_json::from_str(params.get())?;
            let Change { context, value } = notice.result;
            let account = value.account.unpack(&mut Unpacker::new());
            Ok(Message::Program {
                subscription: notice.subscription,
                slot: context.slot,
                address: value.pubkey,
                account,
            })
        }
        (None, None, Some(id), Some(result)) => Ok(serde_json::from_str(result.get())
            .map_or(Message::Other, |subscription| Message::Subscribed { id, subscription })),
        _ => Ok(Message::Other),
    }
}
