//! What somebody wants to hear of: defaults, changes, mutes.

use serde_json::{Value, json};
use store::on_both;

use crate::{person::Person, quiet::Quiet};

async fn held(person: &Person) -> Value {
    let answer = person.get("/api/preferences").await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.body
}

fn topic<'a>(preferences: &'a Value, word: &str) -> &'a Value {
    let topics = preferences["topics"].as_array().unwrap();
    &topics.iter().find(|topic| topic["topic"] == word).unwrap()["channels"]
}

fn node(number: u8) -> String {
    domain::address::Address::new([number; 32]).to_string()
}

on_both! {
    async fn a_newcomer_has_defaults_and_changes_one_thing_at_a_time(bed) {
        let rig = Quiet::new(bed).await;
        let person = rig.set_up().await;
        let before = held(&person).await;
        assert_eq!((&before["language"], &before["time_zone"], &before["quiet"]), (&json!("en"), &json!("UTC"), &Value::Null));
        assert_eq!(topic(&before, "offline"), &json!({ "telegram": true, "push": true, "email": true, "webhook": true }));
        assert_eq!(topic(&before, "job_ended")["push"], false);
        let edit = json!({
            "language": "de", "clock": "12", "time_zone": "Europe/Berlin",
            "quiet": { "from": "22:00", "to": "07:00" }, "summary": { "every": "week", "weekday": 5 },
            "topics": [{ "topic": "stuck", "channels": { "email": false } }],
            "nodes": [{ "node": node(7), "topics": { "offline": false } }],
            "tags": [{ "tag": " barn ", "topics": { "job_failed": true } }],
        });
        let changed = person.put("/api/preferences", &edit).await;
        assert_eq!(changed.status, 200, "{}", changed.body);
        assert_eq!(person.put("/api/preferences", &json!({ "resend_minutes": 60 })).await.status, 200);
        let after = held(&person).await;
        assert_eq!((&after["language"], &after["clock"], &after["resend_minutes"]), (&json!("de"), &json!("12"), &json!(60)));
        assert_eq!(after["quiet"], json!({ "from": "22:00", "to": "07:00" }));
        assert_eq!(after["summary"], json!({ "every": "week", "hour": 8, "weekday": 5 }));
        assert_eq!(topic(&after, "stuck"), &json!({ "telegram": true, "push": true, "email": false, "webhook": true }));
        assert_eq!(after["nodes"], json!([{ "node": node(7), "topics": { "offline": false } }]));
        assert_eq!(after["tags"], json!([{ "tag": "barn", "muted_until": null, "topics": { "job_failed": true } }]));
        let back = json!({ "quiet": null, "resend_minutes": null, "nodes": [{ "node": node(7), "topics": {} }] });
        person.put("/api/preferences", &back).await;
        let end = held(&person).await;
        assert_eq!((&end["quiet"], &end["resend_minutes"], &end["nodes"]), (&Value::Null, &Value::Null, &json!([])));
        assert_eq!(end["language"], "de");
        rig.end().await;
    }

    async fn one_bad_value_changes_nothing_and_is_named(bed) {
        let rig = Quiet::new(bed).await;
        let person = rig.set_up().await;
        let before = held(&person).await;
        let edit = json!({ "language": "de", "quiet": { "from": "22:00", "to": "25:00" } });
        let refused = person.put("/api/preferences", &edit).await;
        assert_eq!((refused.status, refused.body["field"].as_str()), (422, Some("quiet.to")));
        let wrong = person.put("/api/preferences", &json!({ "topics": [{ "topic": "stuck", "channels": { "push": 1 } }] })).await;
        assert_eq!((wrong.status, wrong.body["field"].as_str()), (422, Some("topics[0].channels.push")), "{}", wrong.body);
        assert_eq!(held(&person).await, before);
        rig.end().await;
    }

    async fn two_pages_that_change_different_things_at_once_undo_nothing(bed) {
        let rig = Quiet::new(bed).await;
        let person = rig.set_up().await;
        let put = async |body: Value| person.put("/api/preferences", &body).await.status;
        for _ in 0..5 {
            put(json!({ "language": "en", "resend_minutes": null, "clock": "24" })).await;
            let all = tokio::join!(
                put(json!({ "language": "de" })),
                put(json!({ "resend_minutes": 30 })),
                put(json!({ "clock": "12" })),
            );
            assert_eq!(all, (200, 200, 200));
            let after = held(&person).await;
            assert_eq!((&after["language"], &after["resend_minutes"], &after["clock"]), (&json!("de"), &json!(30), &json!("12")));
        }
        rig.end().await;
    }

    async fn nodes_and_tags_are_muted_and_speak_again(bed) {
        let rig = Quiet::new(bed).await;
        let person = rig.set_up().await;
        let all: Vec<String> = (2..5).map(node).collect();
        assert_eq!(person.post("/api/nodes", &json!({ "addresses": all })).await.status, 201);
        let mute = async |body: Value| person.post("/api/nodes/mute", &body).await;
        let two = mute(json!({ "addresses": [node(2), node(3)], "tags": ["barn"], "until": "4h" })).await;
        assert_eq!(two.status, 200, "{}", two.body);
        let until = two.body["muted_until"].clone();
        assert!(until.is_string());
        let shown = person.nodes().await;
        let muted: Vec<&Value> = shown.iter().map(|node| &node["muted_until"]).collect();
        assert_eq!(muted, [&until, &until, &Value::Null]);
        assert_eq!(held(&person).await["tags"], json!([{ "tag": "barn", "muted_until": until, "topics": {} }]));
        let again = mute(json!({ "addresses": [node(2)], "tags": ["barn"], "until": null })).await;
        assert_eq!((again.status, &again.body["muted_until"]), (200, &Value::Null));
        assert_eq!(person.nodes().await[0]["muted_until"], Value::Null);
        assert_eq!(held(&person).await["tags"], json!([]));
        rig.pass_seconds(4 * 3_600 + 1);
        assert_eq!(person.nodes().await[1]["muted_until"], Value::Null, "it ends by itself");
        rig.end().await;
    }

    async fn until_tomorrow_is_eight_on_the_persons_clock_and_a_bad_mute_changes_nothing(bed) {
        let rig = Quiet::new(bed).await;
        let person = rig.set_up().await;
        person.put("/api/preferences", &json!({ "time_zone": "Asia/Kolkata" })).await;
        assert_eq!(person.post("/api/nodes", &json!({ "address": node(2) })).await.status, 201);
        let mute = async |body: Value| person.post("/api/nodes/mute", &body).await;
        let tomorrow = mute(json!({ "addresses": [node(2)], "until": "tomorrow" })).await;
        let until = tomorrow.body["muted_until"].as_str().unwrap();
        assert!(until.ends_with("T02:30:00.000Z"), "08:00 in Kolkata, not {until}");
        for (body, status, field) in [
            (json!({ "addresses": [node(2)], "until": "2h" }), 422, Some("until")),
            (json!({ "addresses": ["nobody"], "until": "1h" }), 422, Some("address")),
            (json!({ "until": "1h" }), 422, Some("addresses")),
            (json!({ "addresses": [], "tags": [""], "until": "1h" }), 422, Some("tags[0]")),
            (json!({ "addresses": [node(2), node(9)], "until": "1h" }), 404, None),
        ] {
            let answer = mute(body.clone()).await;
            assert_eq!((answer.status, answer.body["field"].as_str()), (status, field), "{body}");
        }
        assert_eq!(person.nodes().await[0]["muted_until"], until);
        rig.end().await;
    }
}
