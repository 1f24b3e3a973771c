//! What a person does with sessions: renew, sign out, give the password again, change it, end others.

use reqwest::{Method, header};
use serde_json::json;
use store::on_both;

use crate::{
    person::{Answer, NONCE, Person},
    quiet::{Quiet, decided},
    world::{EMAIL, PASSWORD, eventually},
};

async fn renew(person: &Person) -> Answer {
    person.send(person.request(Method::POST, "/api/session/renew").header("session-nonce", NONCE)).await
}

fn set_cookie(answer: &Answer) -> Option<&str> {
    answer.headers.get(header::SET_COOKIE).map(|value| value.to_str().unwrap())
}

on_both! {
    async fn invariant_3_renewing_many_times_at_once_is_one_effect(bed) {
        let rig = Quiet::new(bed).await;
        let person = rig.set_up().await;
        let sid = person.session().await.body["sid"].clone();
        rig.pass_days(10);
        let all = futures_util::future::join_all((0..12).map(|_| renew(&person))).await;
        for answer in &all {
            assert_eq!(decided(answer), (200, "active", None), "{}", answer.body);
            assert_eq!(answer.body["sid"], sid);
            assert_eq!(answer.body["nonce"], NONCE);
            assert!(answer.body["idle_in"].as_u64().unwrap() > 29 * 86_400);
            assert!(answer.body["access_token"].is_null(), "a browser gets no token");
            let cookie = set_cookie(answer).unwrap();
            assert!(person.cookie.as_deref().unwrap().contains(cookie.split(';').next().unwrap()), "the same credential");
        }
        let without = person.post("/api/session/renew", &json!({})).await;
        assert_eq!((without.status, without.body["code"].as_str()), (400, Some("wrong_nonce")));
        assert_eq!(person.session().await.body["sid"], sid);
        rig.end().await;
    }

    async fn fault_40_a_renewal_after_signing_out_elsewhere_says_that_it_ended(bed) {
        let rig = Quiet::new(bed).await;
        let person = rig.set_up().await;
        assert_eq!(person.post("/api/session/logout", &json!({})).await.status, 204);
        assert_eq!(decided(&renew(&person).await), (200, "ended", Some("logout")));
        rig.end().await;
    }

    async fn fault_63_an_answer_restamps_the_cookie_long_before_it_runs_out(bed) {
        let rig = Quiet::new(bed).await;
        let person = rig.set_up().await;
        for _ in 0..16 {
            rig.pass_days(20);
            let answer = person.get("/api/network").await;
            assert_eq!(answer.status, 200, "{}", answer.body);
            let cookie = set_cookie(&answer).expect("a cookie at 80 % of its age and before");
            assert!(cookie.contains("Max-Age=34560000") && person.cookie.as_deref().unwrap().contains(cookie.split(';').next().unwrap()));
            assert!(set_cookie(&person.get("/api/network").await).is_none(), "once an hour is enough");
        }
        rig.end().await;
    }

    async fn fault_65_another_address_and_another_browser_version_end_nothing(bed) {
        let rig = Quiet::with(bed, |settings| settings.trusted_proxies = Some("127.0.0.0/8".to_owned())).await;
        let person = rig.set_up().await;
        for (address, agent) in [("198.51.100.7", "Firefox/150"), ("2001:db8::1", "Firefox/151"), ("203.0.113.1", "")] {
            let request = person.request(Method::GET, "/api/session").header("session-nonce", NONCE);
            let answer = person.send(request.header("x-forwarded-for", address).header(header::USER_AGENT, agent)).await;
            assert_eq!(decided(&answer), (200, "active", None));
        }
        rig.end().await;
    }

    async fn fault_70_a_password_changed_here_ends_the_others_and_says_why(bed) {
        let rig = Quiet::new(bed).await;
        let (here, there) = (rig.set_up().await, rig.sign_in().await);
        let token = rig.bearer().await;
        let change = |password: &str, new: &str| json!({ "password": password, "new_password": new });
        let wrong = here.post("/api/account/password", &change("not this one", "four quiet words here")).await;
        assert_eq!((wrong.status, wrong.body["code"].as_str(), wrong.body["kind"].as_str()), (422, Some("wrong_password"), None));
        let weak = here.post("/api/account/password", &change(PASSWORD, "short")).await;
        assert_eq!((weak.status, weak.body["field"].as_str()), (422, Some("new_password")));
        assert_eq!(decided(&there.session().await), (200, "active", None), "control: nothing has ended so far");
        let done = here.post("/api/account/password", &change(PASSWORD, "four quiet words here")).await;
        assert_eq!((done.status, done.body["sessions_ended"].as_u64()), (200, Some(2)), "{}", done.body);
        assert_eq!(decided(&here.session().await), (200, "active", None));
        assert_eq!(decided(&there.session().await), (200, "ended", Some("password_changed")));
        assert_eq!(there.get("/api/network").await.status, 401, "at once, also where the row was just read");
        assert_eq!(decided(&rig.get_with("/api/session", &token).await), (200, "ended", Some("password_changed")));
        assert_eq!(rig.login(&rig.nobody(), PASSWORD).await.status, 401);
        assert_eq!(rig.login(&rig.nobody(), "four quiet words here").await.status, 200);
        rig.end().await;
    }

    async fn fault_71_an_account_that_is_disabled_beside_the_server_ends_within_seconds(bed) {
        let rig = Quiet::new(bed).await;
        let person = rig.set_up().await;
        assert_eq!(person.get("/api/network").await.status, 200);
        let id = person.session().await.body["user"]["id"].as_str().unwrap().to_owned();
        let command = bed.store().await;
        let mut tx = command.write().await.unwrap();
        assert_eq!(tx.disable_account(&id, rig.app.session_time.now()).await.unwrap().map(|ended| ended.len()), Some(1));
        tx.commit().await.unwrap();
        assert_eq!(decided(&person.session().await), (200, "ended", Some("account_disabled")), "the question is never answered from memory");
        rig.pass_seconds(3);
        let refused = person.get("/api/network").await;
        assert_eq!((refused.status, refused.body["reason"].as_str()), (401, Some("account_disabled")));
        let login = rig.login(&rig.nobody(), PASSWORD).await;
        assert_eq!((login.status, login.body["code"].as_str()), (403, Some("account_disabled")));
        let guess = rig.login(&rig.nobody(), "not this one").await;
        assert_eq!((guess.status, guess.body["code"].as_str()), (401, Some("wrong_credentials")), "told only after the right password");
        rig.end().await;
    }

    async fn fault_76_giving_the_password_again_extends_the_same_session(bed) {
        let rig = Quiet::new(bed).await;
        let person = rig.set_up().await;
        let sid = person.session().await.body["sid"].clone();
        for _ in 0..18 {
            rig.pass_days(20);
            person.session().await;
        }
        let before = person.session().await;
        assert!(before.body["abs_in"].as_u64().unwrap() < 7 * 86_400, "the client warns from here on: {}", before.body);
        let wrong = person.post("/api/session/reauth", &json!({ "password": "not this one" })).await;
        assert_eq!((wrong.status, wrong.body["code"].as_str()), (422, Some("wrong_password")));
        assert_eq!(decided(&person.session().await), (200, "active", None), "a wrong password ends nothing");
        let again = person.post("/api/session/reauth", &json!({ "password": PASSWORD })).await;
        assert_eq!(decided(&again), (200, "active", None));
        assert_eq!(again.body["sid"], sid);
        assert!(again.body["abs_in"].as_u64().unwrap() > 364 * 86_400);
        rig.pass_days(10);
        assert_eq!(decided(&person.session().await), (200, "active", None), "past the first absolute end");
        for _ in 0..18 {
            rig.pass_days(20);
            person.session().await;
        }
        assert_eq!(decided(&person.session().await), (200, "ended", Some("absolute_timeout")), "control: the new one is an end too");
        rig.end().await;
    }

    async fn devices_are_listed_ended_and_remembered_with_the_reason(bed) {
        let rig = Quiet::new(bed).await;
        let (here, there, third) = (rig.set_up().await, rig.sign_in().await, rig.sign_in().await);
        let listed = here.get("/api/sessions").await;
        let sessions = listed.body["sessions"].as_array().unwrap();
        assert_eq!((sessions.len(), sessions.iter().filter(|one| one["current"] == true).count()), (3, 1));
        assert_eq!(sessions[0]["address"], "127.0.0.0");
        let sid = there.session().await.body["sid"].as_str().unwrap().to_owned();
        let stranger = rig.nobody();
        assert_eq!(stranger.delete(&format!("/api/sessions/{sid}")).await.status, 401, "the id is no credential");
        for _ in 0..2 {
            assert_eq!(here.delete(&format!("/api/sessions/{sid}")).await.status, 204);
        }
        assert_eq!(here.delete("/api/sessions/nobody").await.status, 404);
        assert_eq!(decided(&there.session().await), (200, "ended", Some("revoked")));
        assert_eq!(here.delete("/api/sessions").await.status, 422, "nobody ends all by leaving something out");
        assert_eq!(here.delete("/api/sessions?scope=others").await.status, 204);
        assert_eq!(decided(&third.session().await), (200, "ended", Some("revoked_all")));
        assert_eq!(decided(&here.session().await), (200, "active", None));
        let past = here.get("/api/sessions").await.body["past"].clone();
        let reasons = past.as_array().unwrap().iter().map(|one| one["reason"].as_str().unwrap()).collect::<Vec<_>>();
        assert_eq!(reasons, ["revoked_all", "revoked"]);
        let ends = rig.app.metrics.session_end.all();
        assert_eq!((ends["revoked"], ends["revoked_all"]), (1, 1), "twice is once");
        rig.end().await;
    }

    async fn fault_42_whoever_believes_in_another_session_gets_nothing_done(bed) {
        let rig = Quiet::new(bed).await;
        let (here, there) = (rig.set_up().await, rig.sign_in().await);
        let believed = there.session().await.body["sid"].as_str().unwrap().to_owned();
        let body = json!({ "password": PASSWORD, "new_password": "four quiet words here" });
        for (method, path) in [
            (Method::POST, "/api/session/renew"),
            (Method::POST, "/api/session/logout"),
            (Method::POST, "/api/session/reauth"),
            (Method::POST, "/api/account/password"),
            (Method::GET, "/api/sessions"),
            (Method::DELETE, "/api/sessions?scope=others"),
            (Method::GET, "/api/tokens"),
            (Method::GET, "/api/nodes"),
            (Method::GET, "/api/auth/me"),
        ] {
            let request = here.request(method, path).header("session-id", &believed).header("session-nonce", NONCE);
            let answer = here.send(request.json(&body)).await;
            assert_eq!((answer.status, answer.body["code"].as_str(), answer.body["kind"].as_str()), (409, Some("account_switched"), Some("wakeful.session")), "{path}");
        }
        let events = here.get(&format!("/api/events?sid={believed}")).await;
        assert_eq!(events.status, 409);
        for person in [&here, &there] {
            assert_eq!(decided(&person.session().await), (200, "active", None));
        }
        assert_eq!(rig.login(&rig.nobody(), PASSWORD).await.status, 200, "the password is the one of before");
        rig.end().await;
    }

    async fn every_authenticated_reply_hints_at_the_verdict_and_the_last_revocation(bed) {
        let rig = Quiet::new(bed).await;
        let (here, there) = (rig.set_up().await, rig.sign_in().await);
        let sid = here.session().await.body["sid"].as_str().unwrap().to_owned();
        assert_eq!(here.session().await.body["rev"], 0);
        assert_eq!(here.get("/api/network").await.headers["session-verdict"], format!("v=1; active; {sid}; 0"));
        assert_eq!(here.get("/api/nodes/nonsense").await.headers["session-verdict"], format!("v=1; active; {sid}; 0"), "on errors too");
        there.post("/api/session/logout", &json!({})).await;
        assert_eq!(here.get("/api/network").await.headers["session-verdict"], format!("v=1; active; {sid}; 1"));
        assert_eq!(here.session().await.body["rev"], 1);
        let gone = there.get("/api/network").await;
        assert!(gone.headers["session-verdict"].to_str().unwrap().starts_with("v=1; ended; "));
        assert!(!rig.nobody().get("/api/health").await.headers.contains_key("session-verdict"));
        rig.end().await;
    }

    async fn fault_69_every_decided_state_is_200_and_a_refusal_challenges_for_a_bearer_only(bed) {
        let rig = Quiet::new(bed).await;
        let person = rig.set_up().await;
        let mut stranger = rig.nobody();
        stranger.cookie = Some(format!("{}=AAAA", person.cookie.as_deref().unwrap().split_once('=').unwrap().0));
        assert_eq!(decided(&stranger.session().await), (200, "anonymous", None));
        let refused = stranger.get("/api/network").await;
        assert_eq!((refused.status, refused.body["code"].as_str()), (401, Some("unknown_credential")));
        assert_eq!(refused.headers[header::WWW_AUTHENTICATE], "Bearer error=\"invalid_token\"");
        let nobody = rig.nobody().get("/api/network").await;
        assert_eq!((nobody.status, nobody.headers[header::WWW_AUTHENTICATE].to_str().unwrap()), (401, "Bearer"));
        // A proxy's own credentials are none of ours to judge.
        let request = person.request(Method::GET, "/api/session").header("session-nonce", NONCE);
        let basic = person.send(request.basic_auth("proxy", Some("secret"))).await;
        assert_eq!(decided(&basic), (200, "active", None));
        rig.end().await;
    }

    async fn somebody_who_lost_the_cookie_is_counted_and_an_accident_is_told_from_a_sign_out(bed) {
        let rig = Quiet::new(bed).await;
        let person = rig.set_up().await;
        let sid = person.session().await.body["sid"].as_str().unwrap().to_owned();
        let (_, known) = person.cookie.as_deref().unwrap().split_once("; ").unwrap();
        let mut forgetful = rig.nobody();
        forgetful.cookie = Some(known.to_owned());
        let request = forgetful.request(Method::GET, "/api/session").header("session-nonce", NONCE).header("session-id", &sid);
        assert_eq!(decided(&forgetful.send(request).await), (200, "anonymous", None));
        assert_eq!(rig.app.metrics.credential_missing.get(), 1);
        let again = rig.login(&forgetful, PASSWORD).await;
        assert_eq!(rig.app.metrics.accidental_logout.get(), 1, "its session goes on by its row, and no reason explains this");
        let person = forgetful.with_cookie_of(&again);
        person.post("/api/session/logout", &json!({})).await;
        rig.login(&person, PASSWORD).await;
        assert_eq!(rig.app.metrics.accidental_logout.get(), 1, "this one signed out");
        rig.end().await;
    }

    async fn fault_27_while_the_server_is_away_nothing_is_said_and_then_it_verifies(bed) {
        let mut rig = Quiet::new(bed).await;
        let person = rig.set_up().await;
        let (cookie, sid) = (person.cookie.clone(), person.session().await.body["sid"].clone());
        for _ in 0..3 {
            let before = rig.nobody();
            rig = rig.restart(|_| {}).await;
            let asked = before.request(Method::GET, "/api/session").header("session-nonce", NONCE).send().await;
            // A connection of before may still be served while its server ends: it knows nothing any more.
            assert!(asked.map_or(503, |answer| answer.status().as_u16()) == 503, "nothing is decided in between");
            let mut person = rig.nobody();
            person.cookie = cookie.clone();
            let answer = person.session().await;
            assert_eq!((decided(&answer), &answer.body["sid"]), ((200, "active", None), &sid));
        }
        let mut person = rig.nobody();
        person.cookie = cookie;
        person.post("/api/session/logout", &json!({})).await;
        assert_eq!(decided(&person.session().await), (200, "ended", Some("logout")), "control");
        rig.end().await;
    }

    async fn fault_32_a_newer_page_and_an_older_one_are_understood(bed) {
        let rig = Quiet::new(bed).await;
        rig.set_up().await;
        let newer = json!({ "email": EMAIL, "password": PASSWORD, "passkey": { "of": "tomorrow" } });
        let answer = rig.nobody().post("/api/auth/login", &newer).await;
        assert_eq!(decided(&answer), (200, "active", None), "what is not known is ignored");
        assert_eq!((&answer.body["v"], &answer.body["kind"]), (&json!(1), &json!("wakeful.session")));
        assert!(answer.body["build"].is_string());
        rig.end().await;
    }

    async fn invariant_10_health_takes_no_credential_and_extends_nothing(bed) {
        let rig = Quiet::new(bed).await;
        let person = rig.set_up().await;
        for _ in 0..4 {
            rig.pass_days(8);
            let health = person.get("/api/health").await;
            assert_eq!((health.status, health.headers.contains_key("session-verdict")), (200, false));
        }
        assert_eq!(decided(&person.session().await), (200, "ended", Some("idle_timeout")));
        rig.end().await;
    }

    async fn an_imported_password_is_good_and_hashed_anew_at_the_first_sign_in(bed) {
        let rig = Quiet::new(bed).await;
        let person = rig.set_up().await;
        let id = person.session().await.body["user"]["id"].as_str().unwrap().to_owned();
        let imported = bcrypt::hash_with_salt(PASSWORD, 4, [7; 16]).unwrap().to_string();
        let mut tx = rig.app.store.write().await.unwrap();
        tx.set_password_hash(&id, &imported).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(rig.login(&rig.nobody(), "not this one").await.status, 401);
        for _ in 0..2 {
            assert_eq!(rig.login(&rig.nobody(), PASSWORD).await.status, 200);
        }
        let account = rig.app.store.read().await.unwrap().account(&id).await.unwrap().unwrap();
        assert!(account.password_hash.starts_with("$argon2id$"));
        rig.end().await;
    }

    async fn hostile_input_is_refused_by_name_and_ends_nothing(bed) {
        let rig = Quiet::new(bed).await;
        let person = rig.set_up().await;
        let long = "x".repeat(4_000);
        for path in ["/api/sessions/%00", "/api/tokens/%00", "/api/sessions/%ff", "/api/tokens/..%2f..", "/api/sessions?scope=all", &format!("/api/sessions/{long}")] {
            let answer = person.delete(path).await;
            assert!((400..500).contains(&answer.status), "{path}: {} {}", answer.status, answer.body);
        }
        for token in ["", "x", "wkf_", "wkf_aaaaaaaaaaaa_", "a.b.c", "eyJhbGciOiJub25lIn0.e30.", "\u{e9}", long.as_str()] {
            let answer = rig.get_with("/api/auth/me", token).await;
            assert_eq!((answer.status, answer.body["kind"].as_str()), (401, Some("wakeful.session")), "{token}");
        }
        for body in [json!({}), json!({ "password": 7 }), json!([]), json!({ "password": null, "new_password": "x" })] {
            for path in ["/api/session/reauth", "/api/account/password"] {
                let answer = person.post(path, &body).await;
                assert_eq!((answer.status, answer.body["code"].as_str()), (422, Some("wrong_type")), "{path} {body}");
            }
        }
        let mut strange = rig.nobody();
        let (name, _) = person.cookie.as_deref().unwrap().split_once('=').unwrap();
        strange.cookie = Some(format!("{name}={long}; {name}; =; ;;"));
        assert_eq!(decided(&strange.session().await), (200, "anonymous", None));
        assert_eq!(decided(&person.session().await), (200, "active", None));
        rig.end().await;
    }

    async fn a_timeout_that_was_told_becomes_the_tombstone(bed) {
        let rig = Quiet::new(bed).await;
        let person = rig.set_up().await;
        let sid = person.session().await.body["sid"].as_str().unwrap().to_owned();
        rig.pass_days(31);
        assert_eq!(decided(&person.session().await), (200, "ended", Some("idle_timeout")));
        let (app, sid) = (&rig.app, &sid);
        eventually("the tombstone", || async move {
            let row = app.store.read().await.unwrap().session(sid).await.unwrap().unwrap();
            row.ended.map(|(reason, _)| reason.word()).ok_or_else(|| "no end".to_owned())
        }).await;
        rig.end().await;
    }

    async fn fault_79_a_cookie_of_a_restored_profile_is_good_unless_it_was_revoked(bed) {
        let rig = Quiet::new(bed).await;
        let (kept, other) = (rig.set_up().await, rig.sign_in().await);
        let snapshot = (kept.cookie.clone(), other.cookie.clone());
        rig.pass_days(7);
        kept.session().await;
        other.post("/api/session/logout", &json!({})).await;
        let rig = rig.restart(|_| {}).await;
        let mut restored = rig.nobody();
        restored.cookie = snapshot.0;
        assert_eq!(decided(&restored.session().await), (200, "active", None));
        restored.cookie = snapshot.1;
        assert_eq!(decided(&restored.session().await), (200, "ended", Some("logout")));
        rig.end().await;
    }
}

#[tokio::test]
async fn fault_11_and_60_names_of_before_https_are_taken_back_and_never_read() {
    let bed = store::testbed::Bed::sqlite();
    let rig = Quiet::new(&bed).await;
    let plain = rig.set_up().await;
    let rig =
        rig.restart(|settings| settings.public_url = Some("https://wakeful.example.net".to_owned())).await;
    let mut browser = rig.nobody();
    browser.cookie = plain.cookie.clone();
    assert_eq!(decided(&browser.session().await), (200, "anonymous", None));
    let answer = rig.login(&browser, PASSWORD).await;
    let cookies = answer.headers.get_all(header::SET_COOKIE).iter().map(|one| one.to_str().unwrap());
    let (gone, set): (Vec<_>, Vec<_>) = cookies.partition(|cookie| cookie.contains("Max-Age=0"));
    assert!(set.len() == 2 && set.iter().all(|cookie| cookie.starts_with("__Host-wakeful-")), "{set:?}");
    assert!(gone.len() == 2 && gone.iter().all(|cookie| cookie.starts_with("wakeful-")), "{gone:?}");
    rig.end().await;
}

#[tokio::test]
async fn fault_67_and_11_there_is_nothing_to_go_stale_and_each_cookie_is_small() {
    let bed = store::testbed::Bed::sqlite();
    let rig =
        Quiet::with(&bed, |settings| settings.public_url = Some("https://wakeful.example.net".to_owned()))
            .await;
    let person = rig.set_up().await;
    for account in 0..2 {
        let answer = rig.login(&person, PASSWORD).await;
        let cookies = answer
            .headers
            .get_all(header::SET_COOKIE)
            .iter()
            .map(|one| one.to_str().unwrap())
            .collect::<Vec<_>>();
        assert_eq!(cookies.len(), 2, "{account}: {cookies:?}");
        assert!(
            cookies.iter().all(|cookie| cookie.len() < 200 && cookie.contains("; Secure")),
            "{cookies:?}"
        );
    }
    let person = rig.sign_in().await;
    let cookie = person.cookie.clone().unwrap();
    let bare = || rig.http.post(format!("{}/api/session/logout", rig.url)).header(header::COOKIE, &cookie);
    for request in [
        bare(),
        bare().header("x-wakeful", "1"),
        bare().header("x-wakeful", "1").header("sec-fetch-site", "cross-site"),
        bare().header("sec-fetch-site", "same-origin"),
    ] {
        assert_eq!(request.send().await.unwrap().status(), 403);
    }
    assert_eq!(decided(&person.session().await), (200, "active", None));
    let ours = bare().header("x-wakeful", "1").header("sec-fetch-site", "same-origin").send().await.unwrap();
    assert_eq!(
        ours.status(),
        204,
        "control: our own page signs out, in this tab or another, before or after a renewal"
    );
    assert_eq!(rig.login(&rig.nobody(), "wrong one").await.status, 401);
    let foreign =
        rig.form(&[("username", EMAIL), ("password", PASSWORD)]).header("sec-fetch-site", "cross-site");
    let foreign = foreign.send().await.unwrap();
    assert_eq!(foreign.status(), 403, "another site signs nobody in");
    rig.end().await;
}
