//! What is told at its own time: a summary at the person's hour, a silence that goes on, a wallet once a day.

use domain::alert::{preference::Preferences, summary::Summary};
use serde_json::json;
use store::on_both;

use crate::{
    alerts::{Story, delivered, kinds},
    world::eventually,
};

/// Says what the first account's space wants.
async fn wants(story: &Story, change: impl FnOnce(&mut Preferences)) {
    let app = story.world.app();
    let mut tx = app.store.write().await.unwrap();
    let account = tx.accounts().await.unwrap().remove(0).id;
    let space = tx.memberships(&account).await.unwrap().remove(0).space;
    let mut wanted = tx.preferences(&space).await.unwrap();
    change(&mut wanted);
    tx.put_preferences(&space, &wanted, app.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
}

on_both! {
    async fn a_silence_that_goes_on_is_told_again_to_who_asked_for_it(bed) {
        let story = Story::begin(bed).await;
        wants(&story, |wanted| wanted.resend_minutes = Some(30)).await;
        story.endpoint("down").await;
        story.hears("the silence told", 1, &["silent"]).await;
        story.world.skip_seconds(30 * 60 + 1);
        story.hears("the silence told again", 2, &["silent", "still_down"]).await;
        story.endpoint("up").await;
        story.hears("its end told", 3, &["silent", "still_down", "back"]).await;
        story.end().await;
    }

    async fn a_summary_comes_once_at_the_hour_that_was_chosen(bed) {
        let story = Story::begin(bed).await;
        let hour = story.world.app().clock.now().unix_seconds().div_euclid(3_600).rem_euclid(24);
        let next = u8::try_from((hour + 1) % 24).unwrap();
        wants(&story, |wanted| {
            wanted.zone = "UTC".to_owned();
            wanted.summary = Summary::Daily { hour: next };
        })
        .await;
        story.world.skip_seconds(3_600);
        let summaries = async || {
            let told = delivered(story.world.sim.url(), &story.world.http, "hook").await;
            kinds(&told, None).into_iter().filter(|kind| kind == "summary").count()
        };
        eventually("the summary", || async {
            let told = summaries().await;
            if told == 1 { Ok(()) } else { Err(told.to_string()) }
        })
        .await;
        let mut tx = story.world.app().store.read().await.unwrap();
        let marked = tx.summarised().await.unwrap();
        assert!(marked[0].until.is_some_and(|until| until <= story.world.app().clock.now()), "{marked:?}");
        drop(tx);
        assert_eq!(summaries().await, 1);
        story.end().await;
    }

    async fn an_empty_wallet_is_told_once_a_day_and_no_restart_tells_it_again(bed) {
        let mut story = Story::begin(bed).await;
        let truth = story.world.truth().await;
        let poor = truth["nodes"].as_array().unwrap().iter().find(|node| {
            node["chain"] == "queued" && node["endpoint"] == "up" && node["sol_lamports"].as_i64().unwrap() < 6_000_000
        });
        let poor = poor.expect("a node with little SOL")["address"].as_str().unwrap().to_owned();
        let added = json!({ "address": poor, "name": "pauper" });
        assert_eq!(story.person.post("/api/nodes", &added).await.status, 201);
        let told = async |story: &Story| {
            let all = delivered(story.world.sim.url(), &story.world.http, "hook").await;
            kinds(&all, Some(&poor)).into_iter().filter(|kind| kind.starts_with("sol_")).collect::<Vec<_>>()
        };
        let once = async |story: &Story| {
            eventually("the wallet told", || async {
                let told = told(story).await;
                if told == ["sol_critical"] { Ok(()) } else { Err(format!("{told:?}")) }
            })
            .await;
        };
        once(&story).await;
        story.world.restart().await;
        story.rounds(3).await;
        once(&story).await;
        story.world.skip_days(1);
        story.world.restart().await;
        eventually("the next day's", || async {
            let told = told(&story).await;
            if told.len() == 2 { Ok(()) } else { Err(format!("{told:?}")) }
        })
        .await;
        story.end().await;
    }
}
