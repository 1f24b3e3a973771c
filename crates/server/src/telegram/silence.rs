//! Muting by command: which nodes a person means, and that they are silent until then, or speak again.

use domain::{time::Timestamp, wording::telegram::Said};
use store::{StoreError, Watch, WatchEdit};

use super::{answer, command::Whom, linked::Linked};
use crate::app::App;

/// How many names an answer lists when several nodes could be meant.
const LISTED: usize = 10;

/// Mutes nodes until an instant, or speaks of them again.
///
/// # Errors
/// When the store cannot be written.
pub async fn silence(
    app: &App,
    linked: &Linked,
    whom: &Whom,
    until: Option<Timestamp>,
) -> Result<Said, StoreError> {
    let mut tx = app.store.write().await?;
    let watches = linked.watches(&mut tx).await?;
    let picked = match pick(&watches, whom) {
        Ok(picked) => picked,
        Err(said) => return Ok(said),
    };
    let edit = WatchEdit { muted_until: Some(until), ..WatchEdit::default() };
    let (mut names, mut changes) = (Vec::new(), Vec::new());
    for (space, watch) in picked {
        let Some(edited) = tx.edit_watch(space, &watch.address, edit).await? else { continue };
        names.push(answer::name(&edited));
        changes.push((space, edited.changed));
    }
    tx.commit().await?;
    for (space, change) in changes {
        app.changed(space, change);
    }
    names.dedup();
    Ok(match until {
        Some(until) => Said::Muted(names, until),
        None => Said::Unmuted(names),
    })
}

/// Which nodes are meant; else what to answer. A whole name counts before a part of one, and one node in two spaces is
/// one node.
fn pick<'a>(watches: &'a [(String, Watch)], whom: &Whom) -> Result<Vec<&'a (String, Watch)>, Said> {
    if watches.is_empty() {
        return Err(Said::NoNodes);
    }
    let Whom::Named(text) = whom else { return Ok(watches.iter().collect()) };
    let exact = |watch: &Watch| {
        watch.name.to_lowercase() == text.to_lowercase() || watch.address.to_string() == *text
    };
    let mut found: Vec<_> = watches.iter().filter(|(_, watch)| exact(watch)).collect();
    if found.is_empty() {
        found = watches.iter().filter(|(_, watch)| answer::matches(watch, text)).collect();
    }
    match found.first() {
        None => Err(Said::NoSuchNode(text.clone())),
        Some((_, first)) if found.iter().all(|(_, watch)| watch.address == first.address) => Ok(found),
        Some(_) => {
            let names = found.iter().take(LISTED).map(|(_, watch)| answer::name(watch));
            Err(Said::Several(text.clone(), names.collect()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::address::Address;

    fn watch(number: u8, name: &str) -> (String, Watch) {
        let watch = Watch {
            address: Address::new([number; 32]),
            name: name.to_owned(),
            notes: String::new(),
            tags: vec!["cellar".to_owned()],
            muted_until: None,
            added: Timestamp::from_millis(0),
            deleted: None,
            changed: 1,
        };
        ("ada".to_owned(), watch)
    }

    #[test]
    fn a_name_picks_the_one_node_that_is_meant() {
        let watches = [watch(1, "barn"), watch(2, "Barn 2"), watch(3, "attic"), watch(4, "")];
        let picked = |text: &str| {
            let picked = pick(&watches, &Whom::Named(text.to_owned()))?;
            Ok::<_, Said>(picked.iter().map(|(_, watch)| watch.name.clone()).collect::<Vec<_>>())
        };
        assert_eq!(picked("BARN"), Ok(vec!["barn".to_owned()]), "a whole name before a part");
        assert_eq!(picked("n 2"), Ok(vec!["Barn 2".to_owned()]));
        assert_eq!(picked(&watches[3].1.address.to_string()), Ok(vec![String::new()]));
        assert_eq!(picked("ba"), Err(Said::Several("ba".into(), vec!["barn".into(), "Barn 2".into()])));
        assert_eq!(picked("shed"), Err(Said::NoSuchNode("shed".into())));
        assert_eq!(pick(&watches, &Whom::All).unwrap().len(), 4);
        assert_eq!(pick(&[], &Whom::All), Err(Said::NoNodes));
    }

    #[test]
    fn one_node_in_two_spaces_is_one_node() {
        let watches = [watch(1, "barn"), watch(1, "scheune")];
        let whom = Whom::Named(watches[0].1.address.to_string());
        assert_eq!(pick(&watches, &whom).unwrap().len(), 2);
    }
}
