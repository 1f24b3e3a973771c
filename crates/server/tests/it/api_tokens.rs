//! API tokens: scopes, an end, and never good for sessions.

use reqwest::Method;
use serde_json::{Value, json};
use store::on_both;

use crate::{person::Person, quiet::Quiet};

async fn make(person: &Person, scopes: &[&str], days: Option<u32>) -> (String, String) {
    let body = json!({ "name": "Grafana", "scopes": scopes, "expires_in_days": days });
    let made = person.post("/api/tokens", &body).await;
    assert_eq!(made.status, 201, "{}", made.body);
    (made.body["secret"].as_str().unwrap().to_owned(), made.body["token"]["id"].as_str().unwrap().to_owned())
}

on_both! {
    async fn a_token_does_what_its_scopes_say_and_nothing_with_sessions(bed) {
        let rig = Quiet::new(bed).await;
        let person = rig.set_up().await;
        let (reads, id) = make(&person, &["read"], None).await;
        let (writes, _) = make(&person, &["write", "read"], None).await;
        let (measures, _) = make(&person, &["metrics"], None).await;
        assert_eq!(rig.get_with("/api/nodes", &reads).await.status, 200);
        let node = json!({ "address": "nonsense" });
        let add = |token: &str| rig.http.post(format!("{}/api/nodes", rig.url)).bearer_auth(token).json(&node);
        let refused = rig.nobody().send(add(&reads)).await;
        assert_eq!((refused.status, refused.body["code"].as_str()), (403, Some("scope_missing")));
        assert_eq!(rig.nobody().send(add(&writes)).await.status, 422, "it came as far as the address");
        assert_eq!(rig.get_with("/api/nodes", &measures).await.status, 403);
        for (method, path) in [
            (Method::GET, "/api/session"),
            (Method::POST, "/api/session/renew"),
            (Method::POST, "/api/session/logout"),
            (Method::GET, "/api/sessions"),
            (Method::DELETE, "/api/sessions?scope=others"),
            (Method::GET, "/api/tokens"),
        ] {
            let answer = rig.with_token(method, path, &writes).await;
            assert_eq!((answer.status, answer.body["code"].as_str()), (403, Some("token_not_accepted")), "{path}");
        }
        let listed = person.get("/api/tokens").await;
        assert!(!listed.body.to_string().contains(reads.rsplit_once('_').unwrap().1), "the secret is shown once");
        assert_eq!(listed.body["tokens"].as_array().unwrap().len(), 3);
        assert!(listed.body["tokens"].as_array().unwrap().iter().any(|one| one["id"] == *id && one["last_used"].is_string()));
        rig.end().await;
    }

    async fn a_token_ends_when_it_is_taken_back_or_its_days_are_over(bed) {
        let rig = Quiet::new(bed).await;
        let person = rig.set_up().await;
        let (kept, _) = make(&person, &["read"], None).await;
        let (revoked, id) = make(&person, &["read"], None).await;
        let (brief, _) = make(&person, &["read"], Some(3)).await;
        for _ in 0..2 {
            assert_eq!(person.delete(&format!("/api/tokens/{id}")).await.status, 204);
        }
        assert_eq!(person.delete("/api/tokens/nothing").await.status, 404);
        let gone = rig.get_with("/api/nodes", &revoked).await;
        assert_eq!((gone.status, gone.body["code"].as_str()), (401, Some("unknown_credential")));
        assert_eq!(gone.headers["www-authenticate"], "Bearer error=\"invalid_token\"");
        assert_eq!(rig.get_with("/api/nodes", &brief).await.status, 200);
        rig.pass_days(4);
        assert_eq!(rig.get_with("/api/nodes", &brief).await.status, 401);
        assert_eq!(rig.get_with("/api/nodes", &kept).await.status, 200);
        let mut guess = kept.clone();
        guess.replace_range(kept.len() - 1.., if kept.ends_with('A') { "B" } else { "A" });
        assert_eq!(rig.get_with("/api/nodes", &guess).await.status, 401);
        rig.app.store.faults().go_down();
        assert_eq!(rig.get_with("/api/nodes", &kept).await.status, 503, "nobody could look");
        rig.app.store.faults().mend();
        rig.end().await;
    }

    async fn a_token_that_cannot_be_is_refused_by_the_field(bed) {
        let rig = Quiet::new(bed).await;
        let person = rig.set_up().await;
        for (body, field) in [
            (json!({ "name": " ", "scopes": ["read"] }), "name"),
            (json!({ "name": "x", "scopes": [] }), "scopes"),
            (json!({ "name": "x", "scopes": ["admin"] }), "scopes"),
            (json!({ "name": "x", "scopes": ["read"], "expires_in_days": 0 }), "expires_in_days"),
        ] {
            let answer = person.post("/api/tokens", &body).await;
            assert_eq!((answer.status, &answer.body["field"]), (422, &Value::from(field)), "{body}");
        }
        rig.end().await;
    }
}
