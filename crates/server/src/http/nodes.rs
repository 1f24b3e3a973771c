//! A person's nodes: list, add one or many, look, change, delete, bring back.

use axum::{
    Json,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::{
    address::{Address, AddressError},
    time::Timestamp,
    watch,
};
use serde::{Deserialize, Serialize};
use store::{Added, NewWatch, Restored, Watch, WatchEdit};
use utoipa::ToSchema;

use super::{
    error::{AddressProblem, ApiError, Problem},
    history::{self, Detail, Hours},
    json::Body,
    node::NodeBody,
    query::{Params, Segment},
    signed_in::SignedIn,
};
use crate::app::App;

/// A person's nodes.
#[derive(Debug, Serialize, ToSchema)]
pub struct Nodes {
    /// In the order in which they were added.
    pub nodes: Vec<NodeBody>,
    /// How many there may be.
    pub limit: u32,
}

/// One node to add.
#[derive(Debug, Deserialize, ToSchema)]
pub struct NewNode {
    /// Its wallet.
    pub address: String,
    /// A name for it.
    #[serde(default)]
    pub name: Option<String>,
}

/// What to add: one address, or several, or several with names.
#[derive(Debug, Deserialize, ToSchema)]
pub struct AddNodes {
    /// One.
    #[serde(default)]
    pub address: Option<String>,
    /// Its name.
    #[serde(default)]
    pub name: Option<String>,
    /// Several.
    #[serde(default)]
    pub addresses: Vec<String>,
    /// Several with names.
    #[serde(default)]
    pub nodes: Vec<NewNode>,
}

/// What was added, and what was not.
#[derive(Debug, Serialize, ToSchema)]
pub struct AddedNodes {
    /// The new ones.
    pub nodes: Vec<NodeBody>,
    /// The others, each with its reason.
    pub errors: Vec<AddressProblem>,
}

/// What to change; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
pub struct EditNode {
    /// The name.
    #[serde(default)]
    pub name: Option<String>,
    /// The notes.
    #[serde(default)]
    pub notes: Option<String>,
    /// The tags.
    #[serde(default)]
    pub tags: Option<Vec<String>>,
}

/// The most addresses of one request.
const MOST_AT_ONCE: usize = 1_000;

/// The address of a path.
pub fn address(text: &str) -> Result<Address, ApiError> {
    text.parse().map_err(|error: AddressError| ApiError::Field {
        field: "address",
        code: error.code().to_owned(),
        detail: error.to_string(),
    })
}

fn text_error(field: &'static str, error: watch::TextError) -> ApiError {
    let what = match field {
        "name" => "The name cannot be used.",
        "notes" => "The notes cannot be used.",
        _ => "The tags cannot be used.",
    };
    ApiError::Field { field, code: format!("{field}_{}", error.code()), detail: format!("{what} {error}") }
}

/// The nodes of whoever asks.
#[utoipa::path(get, path = "/api/nodes", tag = "nodes", security(("cookie" = [])),
    responses((status = 200, body = Nodes), (status = 401, body = Problem), (status = 503, body = Problem)))]
pub async fn list(State(app): State<App>, who: SignedIn) -> Result<Json<Nodes>, ApiError> {
    let now = app.clock.now();
    let watches = if who.from_memory {
        app.memory.list(&who.space).ok_or(ApiError::Undecided)?
    } else {
        let watches = app.store.read().await?.watches(&who.space).await?;
        app.memory.keep_list(&who.space, &watches);
        watches.into()
    };
    let nodes = watches.iter().map(|watch| NodeBody::of(&app, watch, now)).collect();
    Ok(Json(Nodes { nodes, limit: app.config.nodes_per_account }))
}

/// Adds nodes. Each that cannot be added has its reason; the others are added all the same. No source is waited for.
#[utoipa::path(post, path = "/api/nodes", tag = "nodes", security(("cookie" = [])), request_body = AddNodes,
    responses((status = 201, body = AddedNodes), (status = 401, body = Problem), (status = 422, body = Problem)))]
pub async fn add(
    State(app): State<App>,
    who: SignedIn,
    Body(wanted): Body<AddNodes>,
) -> Result<(StatusCode, Json<AddedNodes>), ApiError> {
    let now = app.clock.now();
    let wanted = wanted.all();
    if wanted.len() > MOST_AT_ONCE {
        return Err(ApiError::TooManyAddresses { sent: wanted.len(), most: MOST_AT_ONCE });
    }
    let (mut added, mut errors) = (Vec::new(), Vec::new());
    let mut tx = app.store.write().await?;
    for new in wanted {
        match add_one(&app, &mut tx, &who.space, &new, now).await? {
            Ok(watch) => added.push(watch),
            Err((code, detail)) => {
                errors.push(AddressProblem { address: new.address.chars().take(64).collect(), code, detail });
            }
        }
    }
    if added.is_empty() {
        return Err(ApiError::Addresses(errors));
    }
    tx.commit().await?;
    for watch in &added {
        app.live.watched(watch.address, now, &app.config.rules);
    }
    app.changed(&who.space, added.iter().map(|watch| watch.changed).max().unwrap_or(0));
    app.looks.probe.ring();
    app.looks.purse.ring();
    let nodes = added.iter().map(|watch| NodeBody::of(&app, watch, now)).collect();
    Ok((StatusCode::CREATED, Json(AddedNodes { nodes, errors })))
}

impl AddNodes {
    fn all(self) -> Vec<NewNode> {
        let one = self.address.map(|address| NewNode { address, name: self.name });
        let several = self.addresses.into_iter().map(|address| NewNode { address, name: None });
        one.into_iter().chain(several).chain(self.nodes).collect()
    }
}

type Refusal = (String, String);

async fn add_one(
    app: &App,
    tx: &mut store::Write,
    space: &str,
    new: &NewNode,
    now: Timestamp,
) -> Result<Result<Watch, Refusal>, ApiError> {
    let address: Address = match new.address.trim().parse() {
        Ok(address) => address,
        Err(error) => {
            let error: AddressError = error;
            return Ok(Err((error.code().to_owned(), error.to_string())));
        }
    };
    let name = match new.name.as_deref().map(watch::name).transpose() {
        Ok(name) => name.filter(|name| !name.is_empty()),
        Err(error) => {
            return Ok(Err((format!("name_{}", error.code()), format!("The name cannot be used. {error}"))));
        }
    };
    let limit = app.config.nodes_per_account;
    let watch = NewWatch { address, name: name.as_deref() };
    Ok(match tx.add_watch(space, watch, usize::try_from(limit).unwrap_or(usize::MAX), now).await? {
        Added::Added(watch) => Ok(watch),
        Added::Duplicate(_) => {
            Err(("address_duplicate".to_owned(), "You watch this node already.".to_owned()))
        }
        Added::LimitReached => Err((
            "node_limit".to_owned(),
            format!("You watch {limit} nodes, as many as one account may have here."),
        )),
    })
}

/// One node with its history.
#[utoipa::path(get, path = "/api/nodes/{address}", tag = "nodes", security(("cookie" = [])),
    params(("address" = String, Path, description = "The node's wallet"),
        ("hours" = Option<u32>, Query, description = "How far its past reaches: 1 to 2160; 24 when left out")),
    responses((status = 200, body = Detail), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 404, body = Problem)))]
pub async fn get(
    State(app): State<App>,
    who: SignedIn,
    Segment(text): Segment,
    Params(asked): Params<Hours>,
) -> Result<Response, ApiError> {
    let address = address(&text)?;
    let hours = asked.checked()?;
    if who.from_memory {
        let shown = app.memory.node(&who.space, address).ok_or(ApiError::Undecided)?;
        return Ok(json(shown.to_string()));
    }
    let mut tx = app.store.read().await?;
    let watch = tx.watch(&who.space, &address).await?.filter(|watch| watch.deleted.is_none());
    let watch = watch.ok_or(ApiError::NotFound)?;
    let detail = history::detail(&app, &mut tx, &watch, hours).await?;
    let shown = serde_json::to_string(&detail).map_err(|error| ApiError::Internal(error.to_string()))?;
    app.memory.keep_node(&who.space, address, &shown);
    Ok(json(shown))
}

fn json(text: String) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], text).into_response()
}

/// Changes the name, the notes or the tags.
#[utoipa::path(put, path = "/api/nodes/{address}", tag = "nodes", security(("cookie" = [])), request_body = EditNode,
    params(("address" = String, Path, description = "The node's wallet")),
    responses((status = 200, body = NodeBody), (status = 401, body = Problem), (status = 404, body = Problem),
        (status = 422, body = Problem)))]
pub async fn edit(
    State(app): State<App>,
    who: SignedIn,
    Segment(text): Segment,
    Body(wanted): Body<EditNode>,
) -> Result<Json<NodeBody>, ApiError> {
    let address = address(&text)?;
    let name =
        wanted.name.as_deref().map(watch::name).transpose().map_err(|error| text_error("name", error))?;
    let notes =
        wanted.notes.as_deref().map(watch::notes).transpose().map_err(|error| text_error("notes", error))?;
    let tags =
        wanted.tags.as_deref().map(watch::tags).transpose().map_err(|error| text_error("tags", error))?;
    let mut tx = app.store.write().await?;
    let change = WatchEdit {
        name: name.as_deref(),
        notes: notes.as_deref(),
        tags: tags.as_deref(),
        muted_until: None,
    };
    let watch = tx.edit_watch(&who.space, &address, change).await?.ok_or(ApiError::NotFound)?;
    tx.commit().await?;
    app.changed(&who.space, watch.changed);
    Ok(Json(NodeBody::of(&app, &watch, app.clock.now())))
}

/// Stops watching a node. It can be brought back for 30 days.
#[utoipa::path(delete, path = "/api/nodes/{address}", tag = "nodes", security(("cookie" = [])),
    params(("address" = String, Path, description = "The node's wallet")),
    responses((status = 204, description = "No longer watched"), (status = 401, body = Problem), (status = 404, body = Problem)))]
pub async fn delete(
    State(app): State<App>,
    who: SignedIn,
    Segment(text): Segment,
) -> Result<StatusCode, ApiError> {
    let address = address(&text)?;
    let mut tx = app.store.write().await?;
    let watch = tx.delete_watch(&who.space, &address, app.clock.now()).await?.ok_or(ApiError::NotFound)?;
    tx.commit().await?;
    app.changed(&who.space, watch.changed);
    Ok(StatusCode::NO_CONTENT)
}

/// Watches a deleted node again, with its name, notes and tags.
#[utoipa::path(post, path = "/api/nodes/{address}/restore", tag = "nodes", security(("cookie" = [])),
    params(("address" = String, Path, description = "The node's wallet")),
    responses((status = 200, body = NodeBody), (status = 401, body = Problem), (status = 404, body = Problem),
        (status = 422, body = Problem)))]
pub async fn restore(
    State(app): State<App>,
    who: SignedIn,
    Segment(text): Segment,
) -> Result<Json<NodeBody>, ApiError> {
    let address = address(&text)?;
    let now = app.clock.now();
    let limit = app.config.nodes_per_account;
    let mut tx = app.store.write().await?;
    let outcome =
        tx.restore_watch(&who.space, &address, usize::try_from(limit).unwrap_or(usize::MAX), now).await?;
    let watch = match outcome {
        Restored::Restored(watch) | Restored::NotDeleted(watch) => watch,
        Restored::Missing | Restored::TooLate => return Err(ApiError::NotFound),
        Restored::LimitReached => {
            return Err(ApiError::Field {
                field: "address",
                code: "node_limit".to_owned(),
                detail: format!("You watch {limit} nodes, as many as one account may have here."),
            });
        }
    };
    tx.commit().await?;
    app.live.watched(address, now, &app.config.rules);
    app.changed(&who.space, watch.changed);
    app.looks.probe.ring();
    app.looks.purse.ring();
    Ok(Json(NodeBody::of(&app, &watch, now)))
}
