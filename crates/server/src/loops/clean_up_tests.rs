use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use domain::{session::EndReason, time::Timestamp};
use store::{Location, NewSession, testbed::Bed};
use tokio_util::sync::CancellationToken;

use super::*;
use crate::{cli::Settings, clock::Clock, config::Config, entropy::Entropy, loops::heartbeat, serve::build};

const DAY: i64 = 86_400;
const START: i64 = 1_795_000_000;

struct Rig {
    app: App,
    wall: Arc<AtomicI64>,
    boot: Arc<AtomicI64>,
    /// Keeps the database.
    _bed: Bed,
}

impl Rig {
    async fn new() -> Self {
        let bed = Bed::sqlite();
        let Location::Folder(folder) = bed.location() else { unreachable!() };
        let settings = Settings { data: Some(folder.display().to_string()), ..Settings::default() };
        let (wall, boot) = (Arc::new(AtomicI64::new(0)), Arc::new(AtomicI64::new(0)));
        let (w, b) = (wall.clone(), boot.clone());
        let clock = Clock::from_parts(
            move || Timestamp::from_unix_seconds(START + w.load(Ordering::SeqCst)),
            move || Duration::from_secs(b.load(Ordering::SeqCst).unsigned_abs()),
        );
        let config = Config::from_settings(&settings).unwrap();
        // The channels' clients want a TLS provider; another test may have brought it.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let server = build(config, clock, Entropy::seeded(1), CancellationToken::new()).await.unwrap();
        Self { app: server.app, wall, boot, _bed: bed }
    }

    fn pass(&self, seconds: i64) {
        self.wall.fetch_add(seconds, Ordering::SeqCst);
        self.boot.fetch_add(seconds, Ordering::SeqCst);
    }

    async fn sign_in(&self, sid: &str, days: i64, ended: bool) {
        let now = self.app.session_time.now();
        let end = now.plus(Duration::from_secs((days * DAY).unsigned_abs()));
        let session = NewSession {
            sid,
            account: "ada",
            cookie_hash: Some(sid),
            kid: None,
            browser: None,
            idle_end: end,
            absolute_end: end,
            label: "",
            address_short: "",
        };
        let mut tx = self.app.store.write().await.unwrap();
        tx.add_session(session, now).await.unwrap();
        if ended {
            tx.end_session(sid, EndReason::Logout, now).await.unwrap();
        }
        tx.commit().await.unwrap();
    }

    async fn count(&self) -> i64 {
        self.app.store.write().await.unwrap().count_sessions().await.unwrap()
    }
}

#[tokio::test]
async fn fault_85_a_clock_that_is_wrong_by_years_removes_nobody() {
    let rig = Rig::new().await;
    for n in 0..50 {
        rig.sign_in(&format!("open{n}"), 30, false).await;
    }
    rig.wall.fetch_add(50 * 365 * DAY, Ordering::SeqCst);
    assert_eq!(clean(&rig.app).await.unwrap(), 0, "a suspect time removes nothing");
    assert_eq!(rig.count().await, 50);
}

#[tokio::test]
async fn fault_85_even_when_all_are_past_their_time_a_run_removes_twenty() {
    let rig = Rig::new().await;
    for n in 0..50 {
        rig.sign_in(&format!("out{n:02}"), 1, true).await;
    }
    rig.sign_in("open", 400, false).await;
    rig.pass(29 * DAY);
    assert_eq!(clean(&rig.app).await.unwrap(), 0, "a tombstone stays for its own time and 30 days");
    rig.pass(3 * DAY);
    assert_eq!(clean(&rig.app).await.unwrap(), 20);
    assert_eq!(clean(&rig.app).await.unwrap(), 20);
    assert_eq!(clean(&rig.app).await.unwrap(), 10);
    assert!(rig.app.store.read().await.unwrap().session("open").await.unwrap().unwrap().ended.is_none());
}

#[tokio::test]
async fn a_session_that_nobody_asked_about_gets_its_tombstone_before_it_goes() {
    let rig = Rig::new().await;
    rig.sign_in("forgotten", 1, false).await;
    rig.pass(32 * DAY);
    assert_eq!(clean(&rig.app).await.unwrap(), 0);
    let row = rig.app.store.read().await.unwrap().session("forgotten").await.unwrap().unwrap();
    assert_eq!(
        row.ended.map(|(reason, at)| (reason, at.unix_seconds())),
        Some((EndReason::AbsoluteTimeout, START + DAY))
    );
    assert_eq!(clean(&rig.app).await.unwrap(), 1);
}

#[tokio::test]
async fn fault_30_the_heartbeat_moves_keys_on_and_keeps_no_suspect_time() {
    let rig = Rig::new().await;
    let mut tx = rig.app.store.write().await.unwrap();
    tx.rotate_keys(("next", "secret"), rig.app.session_time.now()).await.unwrap();
    tx.commit().await.unwrap();
    rig.pass(60);
    heartbeat::beat(&rig.app).await.unwrap();
    let mut tx = rig.app.store.read().await.unwrap();
    let signing = tx.signing_keys().await.unwrap();
    assert_eq!(crate::keyring::Keyring::signing(&signing).unwrap().kid, "next");
    let kept = tx.heartbeat().await.unwrap().unwrap();
    drop(tx);
    rig.wall.fetch_add(365 * DAY, Ordering::SeqCst);
    rig.boot.fetch_add(60, Ordering::SeqCst);
    heartbeat::beat(&rig.app).await.unwrap();
    assert_eq!(rig.app.store.read().await.unwrap().heartbeat().await.unwrap(), Some(kept));
    let mut tx = rig.app.store.write().await.unwrap();
    tx.vouch_for_clock(rig.app.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    heartbeat::beat(&rig.app).await.unwrap();
    assert!(rig.app.session_time.time().is_trusted, "an administrator bears the clock out");
}
