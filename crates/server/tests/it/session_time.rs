//! Clocks that jump, and the strict profile.

use reqwest::Method;
use store::on_both;

use crate::{
    person::{NONCE, Person},
    quiet::{Quiet, decided},
};

async fn input(person: &Person) -> u16 {
    person.send(person.request(Method::GET, "/api/network").header("x-wakeful-input", "1")).await.status
}

on_both! {
    async fn fault_50_a_clock_a_year_ahead_times_nobody_out_and_refuses_nobody(bed) {
        let rig = Quiet::new(bed).await;
        let person = rig.set_up().await;
        let token = rig.bearer().await;
        rig.set_wall_clock_by_days(366);
        assert_eq!(decided(&person.session().await), (200, "active", None));
        assert_eq!(rig.get_with("/api/auth/me", &token).await.status, 200);
        let signed_in = rig.sign_in().await;
        assert_eq!(decided(&signed_in.session().await), (200, "active", None), "nobody is refused");
        assert!(!rig.app.session_time.time().is_trusted, "and it is known");
        let (cookie, token) = (person.cookie.clone(), token);
        let rig = rig.restart(|_| {}).await;
        let mut person = rig.nobody();
        person.cookie = cookie;
        assert!(!rig.app.session_time.time().is_trusted, "the kept time is the baseline of the next start");
        assert_eq!(decided(&person.session().await), (200, "active", None));
        assert_eq!(rig.get_with("/api/auth/me", &token).await.status, 200);
        rig.set_wall_clock_by_days(-366);
        rig.pass_days(31);
        assert_eq!(decided(&person.session().await), (200, "ended", Some("idle_timeout")), "control: time that passed ends it");
        rig.end().await;
    }

    async fn fault_51_a_clock_set_back_changes_nothing(bed) {
        let rig = Quiet::new(bed).await;
        let person = rig.set_up().await;
        let before = person.session().await.body["abs_in"].as_u64().unwrap();
        rig.set_wall_clock_by_days(-400);
        let after = person.session().await;
        assert_eq!(decided(&after), (200, "active", None));
        assert!(before.abs_diff(after.body["abs_in"].as_u64().unwrap()) < 300, "{before} {}", after.body);
        rig.pass_days(20);
        assert_eq!(decided(&person.session().await), (200, "active", None));
        rig.set_wall_clock_by_days(400);
        assert_eq!(decided(&person.session().await), (200, "active", None));
        assert!(rig.app.session_time.time().is_trusted);
        rig.end().await;
    }

    async fn fault_75_in_the_strict_profile_polls_do_not_count_and_input_does(bed) {
        let rig = Quiet::with(bed, |settings| settings.session_profile = Some("strict".to_owned())).await;
        let (watched, used) = (rig.set_up().await, rig.sign_in().await);
        for _ in 0..6 {
            rig.pass_seconds(9 * 60);
            let renewal = watched.request(Method::POST, "/api/session/renew").header("session-nonce", NONCE);
            assert_eq!(decided(&watched.send(renewal).await), (200, "active", None));
            assert_eq!(input(&used).await, 200);
        }
        let body = watched.session().await.body;
        assert!(body["idle_in"].as_u64().unwrap() <= 6 * 60, "{body}");
        rig.pass_seconds(7 * 60);
        assert_eq!(decided(&watched.session().await), (200, "ended", Some("idle_timeout")));
        assert_eq!(decided(&used.session().await), (200, "active", None));
        rig.end().await;
    }
}
