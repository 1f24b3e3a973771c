//! The jobs of a person's nodes, newest first.

use axum::{Json, extract::State};
use domain::address::Address;
use serde::{Deserialize, Serialize};
use store::{JobCursor, JobQuery};
use utoipa::ToSchema;

use super::{
    error::{ApiError, Problem},
    job::JobBody,
    query::{self, Params},
    signed_in::SignedIn,
};
use crate::app::App;

/// A page of jobs, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct Jobs {
    /// The jobs.
    pub jobs: Vec<JobBody>,
    /// Ask with `cursor` = this for the next page; `null` = there is none.
    pub next: Option<String>,
}

/// Which jobs.
#[derive(Debug, Deserialize)]
pub struct Wanted {
    node: Option<String>,
    from: Option<String>,
    to: Option<String>,
    cursor: Option<String>,
    limit: Option<u32>,
}

fn cursor(text: Option<&str>) -> Result<Option<JobCursor>, ApiError> {
    let parse = |text: &str| -> Option<JobCursor> {
        let (started, run) = text.split_once('.')?;
        Some(JobCursor { started: started.parse().ok()?, run: run.parse::<Address>().ok()? })
    };
    let refused = || ApiError::query("cursor", "send back the `next` of the page before");
    text.map(|text| parse(text).ok_or_else(refused)).transpose()
}

/// What the person's nodes ran and run, also those that they no longer watch.
#[utoipa::path(get, path = "/api/jobs", tag = "jobs", security(("cookie" = [])),
    params(("node" = Option<String>, Query, description = "Only of this node"),
        ("from" = Option<String>, Query, description = "Begun at this instant or later; a day means its start in UTC"),
        ("to" = Option<String>, Query, description = "Begun before this instant"),
        ("cursor" = Option<String>, Query, description = "The `next` of the page before"),
        ("limit" = Option<u32>, Query, description = "1 to 200; 50 when left out")),
    responses((status = 200, body = Jobs), (status = 400, body = Problem), (status = 401, body = Problem)))]
pub async fn jobs(
    State(app): State<App>,
    who: SignedIn,
    Params(wanted): Params<Wanted>,
) -> Result<Json<Jobs>, ApiError> {
    let limit = query::number("limit", wanted.limit, 1..=200, 50)?;
    let asked = JobQuery {
        node: query::address("node", wanted.node.as_deref())?,
        from: query::instant("from", wanted.from.as_deref())?,
        to: query::instant("to", wanted.to.as_deref())?,
        after: cursor(wanted.cursor.as_deref())?,
        // One more, to see whether there is a next page.
        limit: limit.saturating_add(1),
    };
    let mut jobs = app.store.read().await?.jobs(&who.space, asked).await?;
    let most = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = jobs.len() > most;
    jobs.truncate(most);
    let last = jobs.last().filter(|_| more).map(store::Job::cursor);
    let next = last.map(|cursor| format!("{}.{}", cursor.started, cursor.run));
    let (names, now) = (app.catalogue.get(), app.clock.now());
    Ok(Json(Jobs { jobs: jobs.iter().map(|job| JobBody::new(job, &names, now)).collect(), next }))
}
