//! The test button: one message to one destination, and the provider's own answer.

use std::time::Duration;

use axum::{Json, extract::State};
use domain::alert::request;
use store::{Message, NewDestination as Row};

use super::{
    confirmation,
    destination::TestOutcome,
    destinations::own,
    error::{ApiError, Problem},
    often::Often,
    query::Segment,
    signed_in::SignedIn,
};
use crate::app::App;

/// How long somebody waits for the answer.
const PATIENCE: Duration = Duration::from_secs(15);
/// How often we look whether it came: another server may be the one that sends.
const LOOK: Duration = Duration::from_millis(100);
/// Tests of one destination.
const PRESSED: Often = Often { word: "test", most: 20, within: Duration::from_secs(60) };

/// Sends a test and waits, 15 seconds at most, for the provider's own answer. Whoever asks at the same time shares it. An
/// address that is not confirmed gets its mail with a new code.
#[utoipa::path(post, path = "/api/destinations/{id}/test", tag = "alerts", security(("cookie" = [])),
    params(("id" = String, Path, description = "The destination")),
    responses((status = 200, body = TestOutcome), (status = 404, body = Problem), (status = 429, body = Problem),
        (status = 504, body = Problem, description = "The provider did not answer yet; the message is on its way")))]
pub async fn test(
    State(app): State<App>,
    who: SignedIn,
    Segment(id): Segment,
) -> Result<Json<TestOutcome>, ApiError> {
    let message = queue(&app, &who, &id).await?;
    app.outbox.ring();
    tokio::time::timeout(PATIENCE, outcome(&app, &message))
        .await
        .map_err(|_| ApiError::StillSending)?
        .map(Json)
}

/// The message of a test that is on its way already, or of a new one.
async fn queue(app: &App, who: &SignedIn, id: &str) -> Result<String, ApiError> {
    let now = app.clock.now();
    let mut tx = app.store.write().await?;
    let row = own(tx.destination(id).await?, who)?;
    // First, since it makes those who press at the same time take turns: the second finds the message of the first.
    PRESSED.count(app, &mut tx, id).await?;
    if let Some(message) = tx.waiting_test(id).await? {
        return Ok(message);
    }
    if row.confirmed {
        let message = app.entropy.id();
        let language = tx.preferences(&who.space).await?.language;
        tx.queue_test(&message, id, &request::test(language, &row.name, now), now).await?;
        tx.commit().await?;
        return Ok(message);
    }
    let again = Row {
        id: &row.id,
        space: &row.space,
        account: &row.account,
        session: None,
        place: &row.place,
        name: &row.name,
        confirm_hash: None,
    };
    confirmation::ask(app, &mut tx, again, now).await?;
    let message = tx.waiting_test(id).await?.ok_or(ApiError::NotFound)?;
    tx.commit().await?;
    Ok(message)
}

/// Waits for the end of the first attempt.
async fn outcome(app: &App, message: &str) -> Result<TestOutcome, ApiError> {
    loop {
        // Gone with its destination.
        let now = app.store.read().await?.message(message).await?.ok_or(ApiError::NotFound)?;
        if let Some(outcome) = ended(&now) {
            return Ok(outcome);
        }
        tokio::time::sleep(LOOK).await;
    }
}

fn ended(message: &Message) -> Option<TestOutcome> {
    let attempt = message.attempts.last().filter(|attempt| attempt.outcome != "sending")?;
    Some(TestOutcome {
        outcome: attempt.outcome.clone(),
        status: attempt.status,
        detail: attempt.detail.clone(),
        ms: attempt.took_ms.and_then(|ms| u32::try_from(ms).ok()).unwrap_or(0),
    })
}
