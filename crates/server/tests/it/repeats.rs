//! Requests that are repeated because an answer was lost.

use reqwest::Method;
use serde_json::{Value, json};
use store::on_both;

use crate::{
    person::{Answer, Person},
    quiet::Quiet,
};

const NODE: &str = "9xQeWvG816bUx9EPjHmaT23yvVM2ZWbrrpZb9PusVFin";
const OTHER: &str = "4k3Dyjzvzp8eMZWUXbBCjEvwSkkk59S5iCNLY3QrkX6R";

async fn add(person: &Person, key: &str, body: &Value) -> Answer {
    person.send(person.request(Method::POST, "/api/nodes").header("idempotency-key", key).json(body)).await
}

on_both! {
    async fn fault_78_a_replayed_request_gets_the_first_answer_and_nothing_is_done_twice(bed) {
        let rig = Quiet::new(bed).await;
        let person = rig.set_up().await;
        let body = json!({ "address": NODE, "name": "one" });
        let first = add(&person, "k1", &body).await;
        assert_eq!(first.status, 201, "{}", first.body);
        let replayed = add(&person, "k1", &body).await;
        assert_eq!((replayed.status, &replayed.body), (201, &first.body));
        assert_eq!(replayed.headers["idempotency-replayed"], "true");
        assert_eq!(replayed.headers["content-type"], first.headers["content-type"]);
        let other = add(&person, "k1", &json!({ "address": OTHER })).await;
        assert_eq!((other.status, other.body["code"].as_str()), (422, Some("idempotency_key_reused")));
        assert_eq!(person.nodes().await.len(), 1);
        let anew = add(&person, "k2", &body).await;
        assert_ne!(anew.body, first.body, "control: another key is another request");
        rig.pass_days(1);
        assert!(!add(&person, "k1", &json!({ "address": OTHER })).await.headers.contains_key("idempotency-replayed"));
        rig.end().await;
    }

    async fn a_request_that_came_to_nothing_may_be_tried_again(bed) {
        let rig = Quiet::new(bed).await;
        let person = rig.set_up().await;
        let body = json!({ "address": NODE });
        let request = person.request(Method::POST, "/api/nodes").header("idempotency-key", "k1").header("session-id", "another");
        assert_eq!(person.send(request.json(&body)).await.status, 409);
        let mut answer = None;
        for n in 0..40 {
            rig.app.store.faults().fail_after(n);
            let said = add(&person, "k1", &body).await;
            rig.app.store.faults().mend();
            assert!(matches!(said.status, 201 | 409 | 503), "{n}: {} {}", said.status, said.body);
            if said.status == 201 {
                answer = Some(said);
                break;
            }
            // A key that could not be given back is free again after its minute.
            rig.pass_seconds(61);
        }
        let answer = answer.expect("it was done at last");
        assert_eq!(person.nodes().await.len(), 1);
        assert_eq!(answer.body["nodes"].as_array().map(Vec::len), Some(1));
        rig.end().await;
    }

    async fn at_once_it_is_done_once(bed) {
        let rig = Quiet::new(bed).await;
        let person = rig.set_up().await;
        let body = json!({ "address": NODE });
        let all = futures_util::future::join_all((0..6).map(|_| add(&person, "k1", &body))).await;
        for answer in &all {
            let at_work = (answer.status, answer.body["code"].as_str()) == (409, Some("request_at_work"));
            assert!(answer.status == 201 || at_work, "{} {}", answer.status, answer.body);
        }
        assert_eq!(all.iter().filter(|answer| answer.status == 201 && !answer.headers.contains_key("idempotency-replayed")).count(), 1);
        rig.end().await;
    }
}
