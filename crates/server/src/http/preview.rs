//! What the last scans say of addresses that are still being typed: answered from memory, without any source.

use std::collections::BTreeSet;

use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    error::{AddressProblem, ApiError, Problem},
    json::Body,
    node::ChainBody,
    signed_in::SignedIn,
};
use crate::app::App;

/// Addresses to look up.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Preview {
    /// At most 200 are answered.
    pub addresses: Vec<String>,
}

/// What was found, in the order of the question.
#[derive(Debug, Serialize, ToSchema)]
pub struct Previewed {
    /// One entry per address.
    pub found: Vec<Found>,
}

/// One address.
#[derive(Debug, Serialize, ToSchema)]
pub struct Found {
    /// As it was given, cut at 64 characters.
    pub address: String,
    /// Whether the person watches it already.
    pub watched: bool,
    /// What the chain says of it; `null` for a wrong address.
    pub chain: Option<ChainBody>,
    /// What the market of its queue or job is called, where that is known.
    pub market_name: Option<String>,
    /// What is wrong with it.
    pub error: Option<AddressProblem>,
}

const MOST: usize = 200;

/// What the chain says of addresses, as of the last scan.
#[utoipa::path(post, path = "/api/nodes/preview", tag = "nodes", security(("cookie" = [])), request_body = Preview,
    responses((status = 200, body = Previewed), (status = 401, body = Problem), (status = 422, body = Problem)))]
pub async fn preview(
    State(app): State<App>,
    who: SignedIn,
    Body(wanted): Body<Preview>,
) -> Result<Json<Previewed>, ApiError> {
    let watched: BTreeSet<_> =
        app.store.read().await?.watches(&who.space).await?.into_iter().map(|watch| watch.address).collect();
    let (now, names) = (app.clock.now(), app.catalogue.get());
    let found = wanted.addresses.iter().take(MOST).map(|text| {
        let shortened: String = text.trim().chars().take(64).collect();
        match text.trim().parse() {
            Ok(address) => {
                let axis = app.live.chain_of(&address, now, &app.config.rules);
                let market = axis.reading.latest().and_then(|(chain, _)| chain.market());
                Found {
                    watched: watched.contains(&address),
                    market_name: market
                        .and_then(|market| names.market(&market))
                        .map(|name| name.name.clone()),
                    chain: Some(ChainBody::new(&axis)),
                    error: None,
                    address: shortened,
                }
            }
            Err(error) => {
                let error: domain::address::AddressError = error;
                let (code, detail) = (error.code().to_owned(), error.to_string());
                let problem = AddressProblem { address: shortened.clone(), code, detail };
                Found {
                    address: shortened,
                    watched: false,
                    chain: None,
                    market_name: None,
                    error: Some(problem),
                }
            }
        }
    });
    Ok(Json(Previewed { found: found.collect() }))
}
