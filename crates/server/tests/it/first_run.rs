//! Nobody else on the network may take the house.

use std::os::unix::fs::PermissionsExt;

use serde_json::json;
use store::on_both;

use crate::{
    person::Person,
    world::{EMAIL, PASSWORD, World, eventually},
};

/// The server's health never waits for the store: it says so as soon as it knows.
async fn setup_needed(nobody: &Person, expected: bool) {
    eventually("a word on the set-up", || async {
        let said = nobody.get("/api/health").await.body["setup_needed"].clone();
        if said == expected { Ok(()) } else { Err(said.to_string()) }
    })
    .await;
}

on_both! {
    async fn only_the_code_makes_the_first_account_and_only_once(bed) {
        let world = World::new(bed).await;
        let nobody = Person::nobody(&world);
        setup_needed(&nobody, true).await;
        let credentials = json!({ "email": EMAIL, "password": PASSWORD });
        for call in ["/api/auth/login", "/api/auth/register"] {
            let early = nobody.post(call, &credentials).await;
            assert_eq!((early.status, early.body["code"].as_str()), (409, Some("setup_needed")), "{call}");
        }
        let guess = json!({ "code": "aaaaaaaaaaaaaaaaaaaa", "email": EMAIL, "password": PASSWORD });
        let guessed = nobody.post("/api/setup", &guess).await;
        assert_eq!((guessed.status, guessed.body["code"].as_str()), (403, Some("setup_code_wrong")));

        let weak = json!({ "code": world.code, "email": EMAIL, "password": "password1" });
        let weak = nobody.post("/api/setup", &weak).await;
        assert_eq!((weak.status, weak.body["field"].as_str()), (422, Some("password")));

        let admin = world.set_up().await;
        setup_needed(&nobody, false).await;
        let session = admin.session().await;
        assert_eq!(session.body["user"]["role"], "admin");
        assert_eq!(session.body["user"]["email"], EMAIL);

        let again = json!({ "code": world.code, "email": "other@example.net", "password": PASSWORD });
        let again = nobody.post("/api/setup", &again).await;
        assert_eq!((again.status, again.body["code"].as_str()), (409, Some("setup_done")));
        world.end().await;
    }

    async fn two_who_open_the_link_at_once_make_one_account(bed) {
        let world = World::new(bed).await;
        let nobody = Person::nobody(&world);
        let with = |email: &str| json!({ "code": world.code, "email": email, "password": PASSWORD });
        let (one, two) = (with("one@example.net"), with("two@example.net"));
        let (one, two) = tokio::join!(nobody.post("/api/setup", &one), nobody.post("/api/setup", &two));
        let mut both = [one.status, two.status];
        both.sort_unstable();
        assert_eq!(both, [200, 409], "{} {}", one.body, two.body);
        world.end().await;
    }

    async fn the_code_outlives_a_restart_and_its_file_is_nobody_elses(bed) {
        let mut folder = None;
        let mut world = World::with(bed, |settings| folder = settings.data.clone()).await;
        let file = std::path::Path::new(&folder.unwrap()).join("setup-code");
        let code = world.code.clone().unwrap();
        assert_eq!(std::fs::read_to_string(&file).unwrap().trim(), code);
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        world.restart().await;
        assert_eq!(world.code.as_ref(), Some(&code));
        world.set_up().await;
        assert!(!file.exists(), "a used code is no longer told");
        world.restart().await;
        assert_eq!(world.code, None);
        world.end().await;
    }

    async fn the_configuration_can_name_the_administrator(bed) {
        let world = World::with(bed, |settings| {
            settings.admin_email = Some(EMAIL.to_owned());
            settings.admin_password = Some(PASSWORD.to_owned());
        }).await;
        assert_eq!(world.code, None);
        let answer = Person::nobody(&world).post("/api/auth/login", &json!({ "email": EMAIL, "password": PASSWORD })).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        world.end().await;
    }

    async fn registering_is_by_invitation_unless_it_is_open(bed) {
        let mut world = World::new(bed).await;
        world.set_up().await;
        let member = json!({ "email": "member@example.net", "password": PASSWORD });
        let refused = Person::nobody(&world).post("/api/auth/register", &member).await;
        assert_eq!((refused.status, refused.body["code"].as_str()), (403, Some("invitation_needed")));
        world.change(crate::world::open).await;
        let made = Person::nobody(&world).post("/api/auth/register", &member).await;
        assert_eq!((made.status, made.body["user"]["role"].as_str()), (200, Some("member")));
        let twice = Person::nobody(&world).post("/api/auth/register", &member).await;
        assert_eq!((twice.status, twice.body["code"].as_str()), (409, Some("email_taken")));
        world.change(|settings| settings.registration = Some("closed".to_owned())).await;
        let closed = Person::nobody(&world).post("/api/auth/register", &member).await;
        assert_eq!((closed.status, closed.body["code"].as_str()), (403, Some("registration_closed")));
        world.end().await;
    }
}
