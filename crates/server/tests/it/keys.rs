//! Bearer tokens and the keys that sign them: no configuration, rotation without an end, and cookies depend on none.

use domain::signing_key::KeyState;
use reqwest::Method;
use serde_json::json;
use server::jwt::{self, Claims};
use store::{on_both, testbed::Bed};

use crate::{
    quiet::{Quiet, decided},
    world::{EMAIL, PASSWORD},
};

async fn rotate(bed: &Bed, rig: &Quiet, kid: &str) -> String {
    let secret = rig.app.entropy.secret();
    let command = bed.store().await;
    let mut tx = command.write().await.unwrap();
    tx.rotate_keys((kid, &secret), rig.app.session_time.now()).await.unwrap();
    tx.commit().await.unwrap();
    secret
}

/// What a token says, signed with another key.
fn resigned(rig: &Quiet, token: &str, kid: &str, secret: &str, change: impl FnOnce(&mut Claims)) -> String {
    let (issuer, audience) = rig.app.token_names();
    let mut claims = jwt::read(token, &issuer, &audience).unwrap().claims;
    change(&mut claims);
    jwt::sign(kid, secret, &claims).unwrap()
}

on_both! {
    async fn fault_28_a_restart_without_any_configured_key_ends_neither_cookie_nor_token(bed) {
        let mut rig = Quiet::new(bed).await;
        let person = rig.set_up().await;
        let token = rig.bearer().await;
        let cookie = person.cookie.clone();
        for _ in 0..3 {
            rig = rig.restart(|settings| assert!(settings.secret_key.is_none())).await;
            let mut person = rig.nobody();
            person.cookie = cookie.clone();
            assert_eq!(decided(&person.session().await), (200, "active", None));
            assert_eq!(decided(&rig.get_with("/api/session", &token).await), (200, "active", None));
            let me = rig.get_with("/api/auth/me", &token).await;
            assert_eq!((me.status, me.body["email"].as_str()), (200, Some(EMAIL)));
        }
        let out = rig.with_token(Method::POST, "/api/session/logout", &token).await;
        assert_eq!(out.status, 204, "control: a token can be ended, and needs none of a browser's headers");
        let me = rig.get_with("/api/auth/me", &token).await;
        assert_eq!((me.status, me.body["reason"].as_str()), (401, Some("logout")));
        assert_eq!(me.headers["www-authenticate"], "Bearer error=\"invalid_token\"");
        rig.end().await;
    }

    async fn fault_29_another_secret_key_ends_nobody(bed) {
        let rig = Quiet::new(bed).await;
        let person = rig.set_up().await;
        let (cookie, token) = (person.cookie.clone(), rig.bearer().await);
        let mut rig = rig;
        for key in ["one key of more than 32 bytes, by mistake", "another key of more than 32 bytes"] {
            rig = rig.restart(|settings| settings.secret_key = Some(key.to_owned())).await;
            let mut person = rig.nobody();
            person.cookie = cookie.clone();
            assert_eq!(decided(&person.session().await), (200, "active", None));
            assert_eq!(decided(&rig.get_with("/api/session", &token).await), (200, "active", None));
        }
        rig.end().await;
    }

    async fn fault_30_a_rotation_ends_no_token_and_renewing_takes_the_next_key(bed) {
        let rig = Quiet::new(bed).await;
        rig.set_up().await;
        let token = rig.bearer().await;
        rotate(bed, &rig, "next").await;
        rig.pass_seconds(60);
        let mut tx = rig.app.store.write().await.unwrap();
        assert!(tx.move_keys_on(rig.app.session_time.now()).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(decided(&rig.get_with("/api/session", &token).await), (200, "active", None));
        let renewed = rig.with_token(Method::POST, "/api/session/renew", &token).await;
        assert_eq!(decided(&renewed), (200, "active", None));
        let next = renewed.body["access_token"].as_str().unwrap();
        let (issuer, audience) = rig.app.token_names();
        let (old, new) = (jwt::read(&token, &issuer, &audience).unwrap(), jwt::read(next, &issuer, &audience).unwrap());
        assert_eq!((new.kid.as_str(), &new.claims.sid), ("next", &old.claims.sid));
        assert!(!renewed.headers.contains_key("set-cookie"));
        for token in [token.as_str(), next] {
            assert_eq!(decided(&rig.get_with("/api/session", token).await), (200, "active", None), "the older one stays good to its end");
        }
        rig.end().await;
    }

    async fn fault_31_a_key_that_this_server_has_not_seen_is_looked_for_and_never_refused_unseen(bed) {
        let rig = Quiet::new(bed).await;
        rig.set_up().await;
        let token = rig.bearer().await;
        let secret = rotate(bed, &rig, "elsewhere").await;
        let elsewhere = resigned(&rig, &token, "elsewhere", &secret, |_| {});
        rig.app.store.faults().go_down();
        let blind = rig.get_with("/api/auth/me", &elsewhere).await;
        assert!(rig.app.store.faults().mend());
        assert_eq!((blind.status, blind.headers["retry-after"].to_str().unwrap()), (503, "6"));
        rig.pass_seconds(6);
        assert_eq!(rig.get_with("/api/auth/me", &elsewhere).await.status, 200);
        let unknown = resigned(&rig, &token, "of nobody", &secret, |_| {});
        assert_eq!(rig.get_with("/api/auth/me", &unknown).await.status, 503, "too early to look again");
        rig.pass_seconds(6);
        let refused = rig.get_with("/api/auth/me", &unknown).await;
        assert_eq!((refused.status, refused.body["reason"].as_str()), (401, Some("unknown_key")), "control: now it was looked for");
        assert_eq!(decided(&rig.get_with("/api/session", &unknown).await), (200, "ended", Some("unknown_key")));
        assert!(rig.app.metrics.unknown_kid.get() >= 2);
        rig.end().await;
    }

    async fn invariant_5_a_compromised_key_ends_its_tokens_at_once_and_no_cookie(bed) {
        let rig = Quiet::new(bed).await;
        let person = rig.set_up().await;
        let token = rig.bearer().await;
        assert_eq!(rig.get_with("/api/network", &token).await.status, 200);
        let command = bed.store().await;
        let kid = command.read().await.unwrap().signing_keys().await.unwrap()[0].kid.clone();
        let mut tx = command.write().await.unwrap();
        let next = (rig.app.entropy.id(), rig.app.entropy.secret());
        let done = tx.compromise_key(&kid, (&next.0, &next.1), rig.app.session_time.now()).await.unwrap().unwrap();
        tx.commit().await.unwrap();
        assert_eq!((done.ended.len(), done.replaced), (1, true));
        assert_eq!(decided(&rig.get_with("/api/session", &token).await), (200, "ended", Some("key_compromised")));
        rig.pass_seconds(3);
        assert_eq!(rig.get_with("/api/network", &token).await.status, 401);
        assert_eq!(decided(&person.session().await), (200, "active", None));
        let fresh = rig.bearer().await;
        assert_eq!(decided(&rig.get_with("/api/session", &fresh).await), (200, "active", None), "the next key signs at once");
        let keys = command.read().await.unwrap().signing_keys().await.unwrap();
        let stolen = keys.iter().find(|key| key.state == KeyState::Compromised).unwrap();
        let forged = resigned(&rig, &fresh, &kid, &stolen.secret, |_| {});
        assert_eq!(decided(&rig.get_with("/api/session", &forged).await), (200, "ended", Some("key_compromised")), "whoever has the key gets nowhere");
        rig.end().await;
    }

    async fn a_token_only_names_a_session_that_was_made_for_tokens(bed) {
        let rig = Quiet::new(bed).await;
        let person = rig.set_up().await;
        let token = rig.bearer().await;
        let key = rig.app.store.read().await.unwrap().signing_keys().await.unwrap().remove(0);
        let of_cookie = person.session().await.body["sid"].as_str().unwrap().to_owned();
        for change in [
            (|claims: &mut Claims, sid: &str| claims.sid = sid.to_owned()) as fn(&mut Claims, &str),
            |claims, _| claims.sub = "somebody else".to_owned(),
            |claims, _| claims.sid = "nobody".to_owned(),
        ] {
            let forged = resigned(&rig, &token, &key.kid, &key.secret, |claims| change(claims, &of_cookie));
            let refused = rig.get_with("/api/auth/me", &forged).await;
            assert_eq!((refused.status, refused.body["code"].as_str()), (401, Some("unknown_credential")));
        }
        let other = resigned(&rig, &token, &key.kid, &rig.app.entropy.secret(), |_| {});
        assert_eq!(decided(&rig.get_with("/api/session", &other).await), (200, "anonymous", None));
        // Bearer wins over the cookie.
        let both = person.request(Method::GET, "/api/session").header("session-nonce", crate::person::NONCE).bearer_auth(&token);
        assert_ne!(person.send(both).await.body["sid"], of_cookie.as_str());
        rig.end().await;
    }

    async fn fault_49_a_token_from_a_server_whose_clock_is_ahead_is_good(bed) {
        let rig = Quiet::new(bed).await;
        rig.set_up().await;
        let token = rig.bearer().await;
        let key = rig.app.store.read().await.unwrap().signing_keys().await.unwrap().remove(0);
        let signed = |change: fn(&mut Claims)| resigned(&rig, &token, &key.kid, &key.secret, change);
        assert_eq!(rig.get_with("/api/auth/me", &signed(|claims| claims.iat += 300)).await.status, 200);
        let now = rig.app.session_time.now().unix_seconds();
        let ends = |exp: i64| resigned(&rig, &token, &key.kid, &key.secret, move |claims| claims.exp = exp);
        assert_eq!(rig.get_with("/api/auth/me", &ends(now - 30)).await.status, 200, "within what clocks may differ by");
        let over = rig.get_with("/api/auth/me", &ends(now - 120)).await;
        assert_eq!((over.status, over.body["reason"].as_str()), (401, Some("token_expired")));
        assert_eq!(decided(&rig.get_with("/api/session", &token).await), (200, "active", None), "its session goes on");
        rig.end().await;
    }

    async fn old_clients_sign_in_with_a_form_and_get_no_cookie(bed) {
        let rig = Quiet::new(bed).await;
        rig.set_up().await;
        let answer = rig.form(&[("username", EMAIL), ("password", PASSWORD), ("grant_type", "password")]).send().await.unwrap();
        assert!(answer.status().is_success() && !answer.headers().contains_key("set-cookie"));
        assert_eq!(answer.headers()["cache-control"], "no-store");
        let body: serde_json::Value = answer.json().await.unwrap();
        assert!(body["access_token"].is_string() && body["token_type"] == "bearer");
        assert_eq!(rig.form(&[("username", EMAIL), ("password", "not this one")]).send().await.unwrap().status(), 401);
        let web = rig.nobody().post("/api/auth/login", &json!({ "email": EMAIL, "password": PASSWORD })).await;
        assert!(web.body["access_token"].is_null() && web.headers.contains_key("set-cookie"), "our own page gets no token");
        rig.end().await;
    }
}
