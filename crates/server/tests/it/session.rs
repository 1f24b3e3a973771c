//! The server's word on a session: 200 for every decided state, ended only by proof.

use reqwest::{Method, header};
use serde_json::json;
use store::on_both;

use crate::{
    person::{NONCE, Person},
    world::{EMAIL, PASSWORD, World},
};

on_both! {
    async fn the_answer_echoes_the_nonce_and_is_never_stored(bed) {
        let world = World::new(bed).await;
        let person = world.set_up().await;
        let answer = person.session().await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.body["kind"], "wakeful.session");
        assert_eq!(answer.body["v"], 1);
        assert_eq!(answer.body["nonce"], NONCE);
        assert_eq!(answer.body["state"], "active");
        assert_eq!(answer.headers[header::CACHE_CONTROL], "no-store");
        assert_eq!(answer.headers[header::VARY], "Cookie, Authorization");
        for nonce in ["", "short", "AAECAwQFBgcICQoLDA0OD!", "AAECAwQFBgcICQoLDA0ODwAAECAwQFBgcICQoLDA0ODw"] {
            let wrong = person.send(person.request(Method::GET, "/api/session").header("session-nonce", nonce)).await;
            assert_eq!((wrong.status, wrong.body["code"].as_str()), (400, Some("wrong_nonce")), "{nonce:?}");
        }
        world.end().await;
    }

    async fn a_browser_without_a_credential_and_one_with_a_strange_one_are_anonymous(bed) {
        let world = World::new(bed).await;
        let person = world.set_up().await;
        let nobody = Person::nobody(&world);
        assert_eq!(nobody.session().await.body["credential"], "none");
        let (name, _) = person.cookie.as_deref().unwrap().split_once('=').unwrap();
        let mut stranger = Person::nobody(&world);
        stranger.cookie = Some(format!("{name}=AAAA"));
        let answer = stranger.session().await;
        assert_eq!((answer.status, answer.body["state"].as_str(), answer.body["credential"].as_str()), (200, Some("anonymous"), Some("unknown")));
        assert!(!answer.headers.contains_key(header::SET_COOKIE), "an unknown cookie is left alone");
        let me = nobody.get("/api/auth/me").await;
        assert_eq!((me.status, me.headers[header::WWW_AUTHENTICATE].to_str().unwrap()), (401, "Bearer"));
        world.end().await;
    }

    async fn a_restart_signs_nobody_out_and_no_key_is_configured(bed) {
        let mut world = World::new(bed).await;
        let person = world.set_up().await;
        let before = person.session().await.body["sid"].clone();
        for _ in 0..2 {
            world.restart().await;
            let after = person.at(&world).session().await;
            assert_eq!((after.body["state"].as_str(), &after.body["sid"]), (Some("active"), &before));
        }
        world.end().await;
    }

    async fn a_page_that_only_asks_for_its_session_is_never_thrown_out(bed) {
        let world = World::new(bed).await;
        let person = world.set_up().await;
        for month in 1..=4 {
            world.skip_days(20);
            assert_eq!(person.session().await.body["state"], "active", "20 days on, for the {month}th time");
        }
        world.skip_days(31);
        let unused = person.session().await;
        assert_eq!((unused.body["state"].as_str(), unused.body["reason"].as_str()), (Some("ended"), Some("idle_timeout")));
        world.end().await;
    }

    async fn signing_out_ends_this_session_says_why_and_ends_no_other(bed) {
        let world = World::new(bed).await;
        let desk = world.set_up().await;
        let answer = Person::nobody(&world).post("/api/auth/login", &json!({ "email": EMAIL, "password": PASSWORD })).await;
        let phone = Person::nobody(&world).with_cookie_of(&answer);
        let out = phone.post("/api/session/logout", &json!({})).await;
        assert_eq!(out.status, 204);
        assert!(out.headers[header::SET_COOKIE].to_str().unwrap().contains("Max-Age=0"));
        let ended = phone.session().await;
        assert_eq!((ended.status, ended.body["state"].as_str(), ended.body["reason"].as_str()), (200, Some("ended"), Some("logout")));
        let me = phone.get("/api/auth/me").await;
        assert_eq!((me.status, me.body["kind"].as_str(), me.body["reason"].as_str()), (401, Some("wakeful.session"), Some("logout")));
        assert_eq!(me.headers[header::WWW_AUTHENTICATE], "Bearer error=\"invalid_token\"");
        assert_eq!(phone.post("/api/session/logout", &json!({})).await.status, 204, "twice is fine");
        assert_eq!(desk.session().await.body["state"], "active");
        world.end().await;
    }

    async fn signing_in_again_replaces_the_session_of_this_browser(bed) {
        let world = World::new(bed).await;
        let person = world.set_up().await;
        let again = person.post("/api/auth/login", &json!({ "email": EMAIL, "password": PASSWORD })).await;
        assert_eq!(again.status, 200);
        let old = person.session().await;
        assert_eq!((old.body["state"].as_str(), old.body["reason"].as_str()), (Some("ended"), Some("replaced")));
        world.end().await;
    }

    async fn an_unknown_address_and_a_wrong_password_look_the_same(bed) {
        let world = World::new(bed).await;
        world.set_up().await;
        let nobody = Person::nobody(&world);
        let wrong = nobody.post("/api/auth/login", &json!({ "email": EMAIL, "password": "not this one" })).await;
        let unknown = nobody.post("/api/auth/login", &json!({ "email": "who@example.net", "password": "not this one" })).await;
        assert_eq!((wrong.status, unknown.status), (401, 401));
        assert_eq!(wrong.body, unknown.body);
        assert!(wrong.body["kind"].is_null(), "a wrong password is no word on any session");
        world.end().await;
    }

    async fn a_page_that_believes_in_another_session_gets_nothing_done(bed) {
        let world = World::new(bed).await;
        let person = world.set_up().await;
        let node = world.addresses().await.remove(0);
        let request = person.request(Method::POST, "/api/nodes").header("session-id", "somebody-else");
        let answer = person.send(request.json(&json!({ "address": node }))).await;
        assert_eq!((answer.status, answer.body["code"].as_str()), (409, Some("account_switched")));
        assert!(person.nodes().await.is_empty());
        let session = person.request(Method::GET, "/api/session").header("session-nonce", NONCE).header("session-id", "somebody-else");
        assert_eq!(person.send(session).await.status, 200, "the question itself ignores it");
        world.end().await;
    }

    async fn the_cookie_is_nobody_elses_to_read_or_send(bed) {
        let world = World::new(bed).await;
        let code = world.code.clone();
        let nobody = Person::nobody(&world);
        let answer = nobody.post("/api/setup", &json!({ "code": code, "email": EMAIL, "password": PASSWORD })).await;
        let cookie = answer.headers[header::SET_COOKIE].to_str().unwrap().to_owned();
        assert!(cookie.starts_with("wakeful-") && !cookie.contains("Secure"), "{cookie}");
        for part in ["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=34560000"] {
            assert!(cookie.contains(part), "{cookie}");
        }
        let (_, secret) = cookie.split(';').next().unwrap().split_once('=').unwrap();
        assert!(!answer.body.to_string().contains(secret), "the credential is in no body");
        world.end().await;
    }

    async fn behind_https_only_the_host_cookie_counts(bed) {
        let mut world = World::new(bed).await;
        let plain = world.set_up().await;
        world.change(|settings| settings.public_url = Some("https://wakeful.example.net".to_owned())).await;
        let page = plain.at(&world).get("/").await;
        assert_eq!((page.status, page.headers[header::LOCATION].to_str().unwrap()), (307, "https://wakeful.example.net/"));
        assert_eq!(plain.at(&world).session().await.body["state"], "anonymous");
        let login = json!({ "email": EMAIL, "password": PASSWORD });
        let answer = Person::nobody(&world).post("/api/auth/login", &login).await;
        let cookie = answer.headers[header::SET_COOKIE].to_str().unwrap();
        assert!(cookie.starts_with("__Host-wakeful-") && cookie.contains("; Secure"), "{cookie}");
        world.end().await;
    }
}
