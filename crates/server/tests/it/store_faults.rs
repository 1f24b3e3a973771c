//! A store that fails: undecided, never an end; and how often it is asked at all.

use reqwest::{Method, RequestBuilder, header};
use serde_json::json;
use store::on_both;

use crate::{
    person::{Answer, NONCE, Person},
    quiet::{Quiet, decided},
    world::{EMAIL, PASSWORD},
};

fn says_an_end(answer: &Answer) -> bool {
    let of_ours = answer.body["kind"] == "wakeful.session";
    (answer.status == 401 && of_ours)
        || answer.body["state"] == "ended"
        || answer.body["state"] == "anonymous"
        || answer.headers.get("session-verdict").is_some_and(|hint| hint.to_str().unwrap().contains("ended"))
}

/// Everything that is asked of a session, and does not end it.
fn questions(person: &Person) -> Vec<RequestBuilder> {
    let ask = |method, path: &str| person.request(method, path).header("session-nonce", NONCE);
    vec![
        ask(Method::GET, "/api/session"),
        ask(Method::GET, "/api/auth/me"),
        ask(Method::GET, "/api/nodes"),
        ask(Method::GET, "/api/sessions"),
        ask(Method::GET, "/api/tokens"),
        ask(Method::POST, "/api/session/renew"),
        ask(Method::POST, "/api/session/reauth").json(&json!({ "password": PASSWORD })),
        ask(Method::DELETE, "/api/sessions/nobody"),
    ]
}

on_both! {
    async fn fault_34_and_invariant_2_whatever_query_fails_no_session_is_said_to_have_ended(bed) {
        let rig = Quiet::new(bed).await;
        let person = rig.set_up().await;
        let faults = rig.app.store.faults();
        let mut failures = 0;
        for question in 0..questions(&person).len() {
            for n in 0.. {
                // Neither a row that was just read nor a use that was just noted hides a query.
                rig.pass_seconds(4_000);
                faults.fail_after(n);
                let answer = person.send(questions(&person).remove(question)).await;
                rig.app.streams.close();
                rig.app.streams.wait().await;
                rig.app.streams.reopen();
                let failed = faults.mend();
                assert!(!says_an_end(&answer), "question {question}, query {n}: {} {}", answer.status, answer.body);
                assert!(answer.status < 500 || answer.status == 503, "question {question}, query {n}: {}", answer.body);
                if answer.status == 503 {
                    assert!(answer.headers.contains_key(header::RETRY_AFTER), "question {question}, query {n}");
                    failures += 1;
                }
                assert_eq!(decided(&person.session().await), (200, "active", None), "question {question}, query {n}");
                if !failed {
                    break;
                }
            }
        }
        assert!(failures > 20, "only {failures} queries were tried");
        rig.end().await;
    }

    async fn fault_34_whatever_query_fails_a_token_is_never_said_to_have_ended(bed) {
        let rig = Quiet::new(bed).await;
        rig.set_up().await;
        let token = rig.bearer().await;
        for path in ["/api/session", "/api/auth/me", "/api/nodes"] {
            for n in 0.. {
                rig.pass_seconds(10);
                rig.app.store.faults().fail_after(n);
                let answer = rig.get_with(path, &token).await;
                let failed = rig.app.store.faults().mend();
                assert!(!says_an_end(&answer), "{path}, query {n}: {}", answer.body);
                if !failed {
                    break;
                }
            }
        }
        rig.end().await;
    }

    async fn fault_33_while_the_database_is_down_nobody_is_signed_out(bed) {
        let rig = Quiet::new(bed).await;
        let person = rig.set_up().await;
        rig.pass_seconds(3);
        rig.app.store.faults().go_down();
        for question in questions(&person) {
            let answer = person.send(question).await;
            assert_eq!((answer.status, answer.body["code"].as_str()), (503, Some("undecided")), "{}", answer.body);
            assert!(answer.headers.contains_key(header::RETRY_AFTER));
        }
        let login = rig.nobody().post("/api/auth/login", &json!({ "email": EMAIL, "password": PASSWORD })).await;
        assert_eq!(login.status, 503, "nor is anybody told that a password is wrong");
        assert_eq!(person.get("/api/health").await.status, 200);
        rig.app.store.faults().mend();
        assert_eq!(decided(&person.session().await), (200, "active", None));
        assert!(rig.app.metrics.auth_undecided.all()["store"] >= 5);
        person.post("/api/session/logout", &json!({})).await;
        assert_eq!(decided(&person.session().await), (200, "ended", Some("logout")), "control");
        rig.end().await;
    }

    async fn fault_35_readers_that_are_behind_sign_nobody_out_right_after_signing_in(bed) {
        let rig = Quiet::new(bed).await;
        rig.set_up().await;
        rig.app.store.faults().lag(true);
        let person = rig.sign_in().await;
        assert_eq!(decided(&person.session().await), (200, "active", None));
        assert_eq!(person.get("/api/auth/me").await.status, 200);
        rig.end().await;
    }

    async fn a_request_asks_the_store_once_and_right_after_another_not_at_all(bed) {
        let rig = Quiet::new(bed).await;
        let person = rig.set_up().await;
        let faults = rig.app.store.faults();
        rig.pass_seconds(3);
        faults.fail_after(1);
        assert_eq!(person.get("/api/network").await.status, 200, "more than one query");
        faults.go_down();
        assert_eq!(person.get("/api/network").await.status, 200, "the row was just read");
        rig.pass_seconds(3);
        assert_eq!(person.get("/api/network").await.status, 503, "control: two seconds on it is asked again");
        faults.mend();
        rig.end().await;
    }
}
