//! Silence by wish: nodes and tags that somebody does not want to hear of for a while.

use axum::{Json, extract::State};
use domain::alert::mute::Mute as Length;
use serde::{Deserialize, Serialize};
use store::WatchEdit;
use utoipa::ToSchema;

use super::{
    edit_preferences::{few, tag},
    error::{ApiError, Problem},
    json::Body,
    node::NodeBody,
    nodes::address,
    signed_in::SignedIn,
    time::rfc3339,
};
use crate::app::App;

/// What to mute.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Mute {
    /// Nodes.
    #[serde(default)]
    pub addresses: Vec<String>,
    /// Tags: every node that has one of them, also later.
    #[serde(default)]
    pub tags: Vec<String>,
    /// `1h`, `4h`, `8h`, or `tomorrow` (8 o'clock of the person's next day); `null` = speak again.
    #[serde(default)]
    pub until: Option<String>,
}

/// What is muted.
#[derive(Debug, Serialize, ToSchema)]
pub struct Muted {
    /// Until when; `null` = it speaks again.
    pub muted_until: Option<String>,
    /// The nodes that were named.
    pub nodes: Vec<NodeBody>,
    /// The tags that were named.
    pub tags: Vec<String>,
}

/// Mutes nodes and tags, or lets them speak again. What happens meanwhile is recorded and never sent.
#[utoipa::path(post, path = "/api/nodes/mute", tag = "nodes", security(("cookie" = [])), request_body = Mute,
    responses((status = 200, body = Muted), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub async fn mute(
    State(app): State<App>,
    who: SignedIn,
    Body(wanted): Body<Mute>,
) -> Result<Json<Muted>, ApiError> {
    let now = app.clock.now();
    let length = wanted.until.as_deref().map(length).transpose()?;
    let addresses = wanted.addresses.iter().map(|text| address(text)).collect::<Result<Vec<_>, _>>()?;
    let numbered = wanted.tags.iter().enumerate();
    let tags = numbered.map(|(at, text)| tag(&format!("tags[{at}]"), text)).collect::<Result<Vec<_>, _>>()?;
    if addresses.is_empty() && tags.is_empty() {
        return Err(ApiError::value("addresses", "at least one node, or one tag in `tags`, is expected"));
    }
    let mut tx = app.store.write().await?;
    let change = tx.next_change().await?;
    let mut preferences = tx.preferences(&who.space).await?;
    let until = length.map(|length| length.until(&preferences.zone, now));
    let edit = WatchEdit { muted_until: Some(until), ..WatchEdit::default() };
    let mut watches = Vec::with_capacity(addresses.len());
    for address in &addresses {
        watches.push(tx.edit_watch(&who.space, address, edit).await?.ok_or(ApiError::NotFound)?);
    }
    if !tags.is_empty() {
        preferences.muted_tags.retain(|_, until| *until > now.millis());
        for tag in &tags {
            match until {
                Some(until) => preferences.muted_tags.insert(tag.clone(), until.millis()),
                None => preferences.muted_tags.remove(tag),
            };
        }
        few("tags", preferences.muted_tags.len())?;
        tx.put_preferences(&who.space, &preferences, now).await?;
    }
    tx.commit().await?;
    app.changed(&who.space, watches.iter().map(|watch| watch.changed).max().unwrap_or(change));
    Ok(Json(Muted {
        muted_until: until.map(rfc3339),
        nodes: watches.iter().map(|watch| NodeBody::of(&app, watch, now)).collect(),
        tags,
    }))
}

fn length(word: &str) -> Result<Length, ApiError> {
    let known = Length::ALL.map(Length::word).join(", ");
    Length::from_word(word)
        .ok_or_else(|| ApiError::value("until", format!("one of {known}, or null, is expected")))
}
