//! The question to a mailbox whether it wants to be told, and the code with which it agrees.

use std::time::Duration;

use domain::{alert::request, time::Timestamp};
use store::{Destination, NewDestination as Row, Write};

use super::{error::ApiError, often::Often};
use crate::app::App;

const CODE_LENGTH: usize = 10;
/// Questions of one account: nobody fills a stranger's mailbox from here.
const ASKED: Often = Often { word: "confirmation-asked", most: 10, within: Duration::from_secs(3_600) };
/// Codes that are tried at one destination.
const TRIED: Often = Often { word: "confirmation-tried", most: 10, within: Duration::from_secs(3_600) };

/// Adds a destination that must agree first, or asks one anew, and sends it the code.
///
/// # Errors
/// The account asked too often.
pub async fn ask(app: &App, tx: &mut Write, row: Row<'_>, now: Timestamp) -> Result<Destination, ApiError> {
    ASKED.count(app, tx, row.account).await?;
    let code = app.entropy.base32::<CODE_LENGTH>();
    let hash = hash(app, &code);
    let row = tx.add_destination(Row { confirm_hash: Some(&hash), ..row }, now).await?;
    let language = tx.preferences(&row.space).await?.language;
    tx.queue_test(&app.entropy.id(), &row.id, &request::confirmation(language, &code, now), now).await?;
    Ok(row)
}

/// Takes the code back.
///
/// # Errors
/// It is another destination's, or nobody's.
pub async fn take(app: &App, row: &Destination, code: &str) -> Result<(), ApiError> {
    // A transaction of its own: the attempt counts though nothing else is kept.
    let mut tx = app.store.write().await?;
    TRIED.count(app, &mut tx, &row.id).await?;
    tx.commit().await?;
    let mut tx = app.store.write().await?;
    let confirmed = tx.confirm_destination(&hash(app, code)).await?;
    if confirmed.is_some_and(|confirmed| confirmed.id == row.id) {
        tx.commit().await?;
        return Ok(());
    }
    Err(ApiError::field("code", "code_wrong", "This is not the code of the mail that was sent last."))
}

/// The hash under which a code is kept, however it was copied.
fn hash(app: &App, code: &str) -> String {
    let plain: String = code.chars().filter(char::is_ascii_alphanumeric).collect();
    app.keyed_hash(&["confirm", &plain.to_ascii_lowercase()])
}
