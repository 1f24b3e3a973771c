//! Guessing passwords: slow for whoever guesses, never in the way of a session that goes on.

use std::time::Duration;

use reqwest::Method;
use serde_json::json;
use store::on_both;

use crate::{
    person::{Answer, Person},
    quiet::{Quiet, decided},
    world::{EMAIL, PASSWORD},
};

async fn from(person: &Person, address: &str, email: &str, password: &str) -> Answer {
    let request = person.request(Method::POST, "/api/auth/login").header("x-forwarded-for", address);
    person.send(request.json(&json!({ "email": email, "password": password }))).await
}

async fn proxied(bed: &store::testbed::Bed) -> Quiet {
    Quiet::with(bed, |settings| settings.trusted_proxies = Some("127.0.0.0/8".to_owned())).await
}

on_both! {
    async fn fault_82_five_failures_slow_the_guesser_and_end_no_session(bed) {
        let rig = proxied(bed).await;
        let person = rig.set_up().await;
        let nobody = rig.nobody();
        let guesses = futures_util::future::join_all((0..5).map(|_| from(&nobody, "198.51.100.7", EMAIL, "not this one"))).await;
        assert!(guesses.iter().all(|guess| guess.status == 401));
        let refused = from(&nobody, "198.51.100.7", EMAIL, PASSWORD).await;
        assert_eq!((refused.status, refused.body["code"].as_str()), (429, Some("too_many_attempts")), "not even the right one is heard");
        assert!(refused.headers["retry-after"].to_str().unwrap().parse::<u64>().unwrap() <= 5);
        assert_eq!(decided(&person.session().await), (200, "active", None));
        assert_eq!(from(&nobody, "198.51.100.8", EMAIL, PASSWORD).await.status, 200, "another address is not held to it");
        let known = from(&person, "198.51.100.7", EMAIL, PASSWORD).await;
        assert_eq!(known.status, 200, "a browser that signed in before has a counter of its own");
        rig.pass_seconds(6);
        assert_eq!(from(&nobody, "198.51.100.7", EMAIL, PASSWORD).await.status, 200, "control: the delay ends");
        assert_eq!(rig.app.metrics.throttled.get(), 1);
        rig.end().await;
    }

    async fn an_unknown_email_is_counted_and_answered_like_a_known_one(bed) {
        let rig = proxied(bed).await;
        rig.set_up().await;
        let nobody = rig.nobody();
        for email in [EMAIL, "who@example.net", "no address at all"] {
            let guesses = (0..5).map(|_| async {
                let before = rig.app.clock.mono();
                let guess = from(&nobody, "198.51.100.7", email, "not this one").await;
                let took = rig.app.clock.mono().saturating_sub(before);
                assert!(took >= Duration::from_secs(1), "{email}: told after {took:?}, before the time of all failures");
                guess
            });
            for guess in futures_util::future::join_all(guesses).await {
                assert_eq!((guess.status, guess.body["code"].as_str()), (401, Some("wrong_credentials")), "{email}");
            }
            assert_eq!(from(&nobody, "198.51.100.7", email, "not this one").await.status, 429, "{email}");
        }
        rig.end().await;
    }

    async fn counters_outlive_a_restart_and_name_nobody(bed) {
        let rig = proxied(bed).await;
        rig.set_up().await;
        let nobody = rig.nobody();
        futures_util::future::join_all((0..6).map(|_| from(&nobody, "198.51.100.7", EMAIL, "not this one"))).await;
        let rig = rig.restart(|_| {}).await;
        assert_eq!(from(&rig.nobody(), "198.51.100.7", EMAIL, PASSWORD).await.status, 429);
        assert_eq!(from(&rig.nobody(), "203.0.113.5", EMAIL, PASSWORD).await.status, 200);
        rig.end().await;
    }

    async fn where_nobody_may_register_no_field_is_judged(bed) {
        let rig = Quiet::with(bed, |settings| settings.registration = Some("closed".to_owned())).await;
        rig.set_up().await;
        let nonsense = json!({ "email": "nonsense", "password": "x" });
        let closed = rig.nobody().post("/api/auth/register", &nonsense).await;
        assert_eq!((closed.status, closed.body["code"].as_str()), (403, Some("registration_closed")));
        let rig = rig.restart(|settings| settings.registration = Some("open".to_owned())).await;
        let judged = rig.nobody().post("/api/auth/register", &nonsense).await;
        assert_eq!((judged.status, judged.body["field"].as_str()), (422, Some("email")));
        let taken = json!({ "email": EMAIL, "password": PASSWORD });
        for _ in 0..5 {
            let told = rig.nobody().post("/api/auth/register", &taken).await;
            assert_eq!((told.status, told.body["code"].as_str()), (409, Some("email_taken")));
        }
        assert_eq!(rig.nobody().post("/api/auth/register", &taken).await.status, 429, "nobody tries a list here");
        rig.end().await;
    }
}
