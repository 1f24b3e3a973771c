//! Why something is unknown: stable codes that travel from the read to the screen.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! whys {
    ($($(#[$doc:meta])* $variant:ident = $code:literal),+ $(,)?) => {
        /// The reason of an *unknown*. The code is stored and sent; the words stand in the web app's catalogue.
        #[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Why { $($(#[$doc])* $variant),+ }

        impl Why {
            /// Every reason there is.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The stable code, as stored and sent.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),+ }
            }

            /// The reason that a stored code names.
            #[must_use]
            pub fn from_code(code: &str) -> Option<Self> {
                match code { $($code => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}

whys! {
    /// Nobody has looked yet.
    FirstLook = "first_look",
    /// One scan saw the node nowhere; `none` is believed after a second one that agrees.
    WaitingForSecondLook = "waiting_for_second_look",
    /// No connection to the RPC endpoint.
    RpcUnreachable = "rpc_unreachable",
    /// The RPC endpoint did not finish its answer in time.
    RpcTimeout = "rpc_timeout",
    /// HTTP 429 from the RPC endpoint.
    RpcThrottled = "rpc_throttled",
    /// Another HTTP status than 200 from the RPC endpoint.
    RpcHttpError = "rpc_http_error",
    /// A JSON-RPC error.
    RpcError = "rpc_error",
    /// The RPC endpoint sent us elsewhere; we do not follow.
    RpcRedirect = "rpc_redirect",
    /// An answer that is no JSON-RPC.
    RpcGarbage = "rpc_garbage",
    /// An answer longer than any honest one.
    RpcTooLarge = "rpc_too_large",
    /// An answer older than one that we already have.
    RpcStale = "rpc_stale",
    /// A network without a single market: an answer emptied by throttling.
    RpcEmptyList = "rpc_empty_list",
    /// A list that left out accounts which exist.
    RpcShortList = "rpc_short_list",
    /// Accounts that do not decode.
    RpcBadAccount = "rpc_bad_account",
    /// No other endpoint of the same pattern answered, so silence proves nothing.
    NoWitness = "no_witness",
    /// Somebody answered something that is no JSON in the node's place.
    NotJson = "not_json",
    /// Another node answered.
    OtherNode = "other_node",
    /// The endpoint sent us elsewhere; we do not follow.
    Redirect = "redirect",
    /// Something in between asks for a sign-in (401, 403, 511).
    AsksSignIn = "asks_sign_in",
    /// The endpoint's front throttles us (429).
    Throttled = "throttled",
    /// 451 from the endpoint's front.
    UnavailableForLegalReasons = "unavailable_for_legal_reasons",
    /// Another HTTP status that says nothing about the node.
    HttpError = "http_error",
    /// The endpoint's answer is longer than any honest one.
    TooLarge = "too_large",
    /// The host of the endpoint's address cannot be resolved or its URL is not usable.
    NoAddress = "no_address",
    /// The endpoint's address leads to a private network that nobody allowed (WAKEFUL_ALLOW_PRIVATE).
    PrivateAddress = "private_address",
    /// We could not open a connection ourselves, or were asked to wait: the node was not asked.
    NotAsked = "not_asked",
    /// The endpoint is silent, but not for long enough to call the node offline.
    Silent = "silent",
    /// We were not running, or another replica held the watch.
    NotWatching = "not_watching",
    /// No connection to the network's HTTP API.
    ApiUnreachable = "api_unreachable",
    /// The network's HTTP API did not answer in time.
    ApiTimeout = "api_timeout",
    /// 429 from the network's HTTP API.
    ApiThrottled = "api_throttled",
    /// Another HTTP status than 200 from the network's HTTP API.
    ApiHttpError = "api_http_error",
    /// An answer of the network's HTTP API that is not what was asked for.
    ApiGarbage = "api_garbage",
    /// The amount on chain does not fit 64 bits.
    OutOfRange = "out_of_range",
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}
