//! What somebody was told and whether it arrived, as the page reads it.

use std::time::Duration;

use domain::{
    address::Address,
    alert::{
        outcome::{Answer as Said, Outcome},
        plan::{Planned, RowState},
        request,
        schedule::Next,
    },
    event::{Event, EventKind},
};
use serde_json::{Value, json};
use store::{NewRow, on_both};

use crate::{person::Person, quiet::Quiet};

fn node(number: u8) -> Address {
    Address::new([number; 32])
}

async fn alerts(person: &Person, query: &str) -> Vec<Value> {
    let answer = person.get(&format!("/api/alerts{query}")).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.body["alerts"].as_array().unwrap().clone()
}

/// Writes an event down with a row for each of these destinations.
async fn happen(
    rig: &Quiet,
    kind: EventKind,
    node: Address,
    subject: &str,
    rows: &[(&str, RowState)],
) -> i64 {
    let now = rig.app.clock.now();
    let event = Event::of_node(kind, kind.word(), node, Some(subject.to_owned()), now);
    let mut tx = rig.app.store.write().await.unwrap();
    let id = tx.add_event(&event, now).await.unwrap().expect("a new event");
    let rows: Vec<NewRow> = rows
        .iter()
        .map(|(destination, state)| NewRow {
            id: rig.app.entropy.id(),
            destination: (*destination).to_owned(),
            planned: Planned { state: *state, due: now },
        })
        .collect();
    tx.enqueue(id, &rows, now).await.unwrap();
    tx.commit().await.unwrap();
    id
}

async fn webhook(person: &Person, path: &str) -> String {
    let body = json!({ "channel": "webhook", "url": format!("https://93.184.215.14/{path}"), "name": path });
    person.post("/api/destinations", &body).await.body["id"].as_str().unwrap().to_owned()
}

on_both! {
    async fn every_alert_shows_who_was_told_and_what_the_provider_said(bed) {
        let rig = Quiet::new(bed).await;
        let person = rig.set_up().await;
        let body = json!({ "address": node(7).to_string(), "name": "attic" });
        assert_eq!(person.post("/api/nodes", &body).await.status, 201);
        let (first, second) = (webhook(&person, "first").await, webhook(&person, "second").await);
        happen(&rig, EventKind::JobFailed, node(7), "job", &[(&first, RowState::Waiting), (&second, RowState::Muted)]).await;
        let seen = alerts(&person, "").await;
        assert_eq!(seen.len(), 1);
        assert_eq!((&seen[0]["kind"], &seen[0]["topic"], &seen[0]["name"]), (&json!("job_failed"), &json!("job_failed"), &json!("attic")));
        let states: Vec<&Value> = seen[0]["deliveries"].as_array().unwrap().iter().map(|one| &one["state"]).collect();
        assert_eq!(states, ["waiting", "muted"]);
        assert_eq!(person.get("/api/destinations").await.body["destinations"][0]["waiting"], 1);

        // The loop that sends is not here; this is its work, step by step.
        let now = rig.app.clock.now();
        let mut tx = rig.app.store.write().await.unwrap();
        let waiting = tx.waiting_of(&first, 10).await.unwrap().remove(0);
        let words = request::test(domain::alert::preference::Language::En, "first", now);
        let draft = domain::alert::compose::Draft { rows: vec![waiting.id], words };
        let composed = domain::alert::compose::Composed { messages: vec![draft], ..Default::default() };
        assert!(tx.fold(&first, &composed, &["m1".to_owned()], now).await.unwrap());
        let claimed = tx.claim_messages("me", &["m1".to_owned()], now, now.plus(Duration::from_secs(60))).await.unwrap().remove(0);
        let answer = Said { outcome: Outcome::Later { after: None }, status: Some(503), detail: "come back".to_owned() };
        let next = Next::Retry { at: now.plus(Duration::from_secs(5)) };
        tx.finish_attempt(&claimed, &answer, &next, (now, Duration::from_millis(42))).await.unwrap();
        tx.commit().await.unwrap();

        let told = alerts(&person, "").await[0]["deliveries"][0].clone();
        assert_eq!((&told["state"], &told["message"]["state"]), (&json!("told"), &json!("waiting")), "{told}");
        assert!(told["message"]["next_at"].is_string() && told["message"]["sent_at"].is_null());
        let attempt = &told["attempts"][0];
        assert_eq!(
            (&attempt["outcome"], &attempt["status"], &attempt["detail"], &attempt["ms"]),
            (&json!("later"), &json!(503), &json!("come back"), &json!(42)),
        );
        rig.end().await;
    }

    async fn the_history_is_filtered_paged_and_nobody_elses(bed) {
        let rig = Quiet::with(bed, |settings| settings.registration = Some("open".to_owned())).await;
        let person = rig.set_up().await;
        for number in [7, 8] {
            person.post("/api/nodes", &json!({ "address": node(number).to_string() })).await;
        }
        let there = webhook(&person, "there").await;
        let mut ids = Vec::new();
        for (kind, number, subject) in [
            (EventKind::JobFailed, 7, "a"),
            (EventKind::JobFinished, 7, "b"),
            (EventKind::JobFailed, 8, "c"),
            (EventKind::Queued, 8, "d"),
            (EventKind::Kicked, 8, "e"),
        ] {
            let rows = [(there.as_str(), RowState::Logged)];
            ids.push(happen(&rig, kind, node(number), subject, if subject == "e" { &rows } else { &[] }).await);
        }
        let subjects = async |query: &str| {
            let seen = alerts(&person, query).await;
            seen.iter().map(|alert| alert["subject"].as_str().unwrap().to_owned()).collect::<String>()
        };
        assert_eq!(subjects("").await, "ecba", "newest first, without what is never told");
        assert_eq!(subjects(&format!("?node={}", node(7))).await, "ba");
        assert_eq!(subjects("?topic=job_failed").await, "ca");
        assert_eq!(subjects(&format!("?destination={there}")).await, "e");
        let first = person.get("/api/alerts?limit=3").await.body;
        assert_eq!(first["alerts"].as_array().unwrap().len(), 3);
        let rest = person.get(&format!("/api/alerts?limit=3&cursor={}", first["next"].as_str().unwrap())).await.body;
        assert_eq!((rest["alerts"].as_array().unwrap().len(), &rest["next"]), (1, &Value::Null));
        for (query, field) in [("?topic=weather", "topic"), ("?node=me", "node"), ("?limit=0", "limit"), ("?cursor=x", "cursor")] {
            let answer = person.get(&format!("/api/alerts{query}")).await;
            assert_eq!((answer.status, answer.body["field"].as_str()), (400, Some(field)));
        }

        let body = json!({ "email": "stranger@example.net", "password": crate::world::PASSWORD });
        let answer = rig.nobody().post("/api/auth/register", &body).await;
        let other = rig.nobody().with_cookie_of(&answer);
        assert!(alerts(&other, "").await.is_empty());
        assert!(alerts(&other, &format!("?destination={there}")).await.is_empty());
        let path = format!("/api/alerts/{}/acknowledge", ids[0]);
        assert_eq!(other.post(&path, &json!({})).await.status, 404);
        assert_eq!(person.post("/api/alerts/nothing/acknowledge", &json!({})).await.status, 404);
        for _ in 0..2 {
            assert_eq!(person.post(&path, &json!({})).await.status, 204);
        }
        let seen = alerts(&person, "").await;
        let noted: Vec<bool> = seen.iter().map(|alert| alert["acknowledged"].is_string()).collect();
        assert_eq!(noted, [false, false, false, true]);
        rig.end().await;
    }
}
