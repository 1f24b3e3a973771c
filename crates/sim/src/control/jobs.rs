//! `POST /sim/jobs/{address}`: one instruction of the jobs program.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::Json;
use serde::Deserialize;
use serde_json::Value;

use super::{Rejected, read, world};
use crate::app::App;
use crate::key::Key;
use crate::node::Chain;
use crate::world::World;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Act {
    #[serde(rename = "do")]
    instruction: Instruction,
    /// Who claims; else its last node, else one that stands nowhere.
    node: Option<String>,
    /// By how much the timeout grows.
    seconds: Option<i64>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Instruction {
    Claim,
    Quit,
    QuitAdmin,
    End,
    Finish,
    Extend,
    Clean,
}

pub(crate) async fn act(
    State(app): State<Arc<App>>,
    Path(address): Path<String>,
    body: Bytes,
) -> Result<Json<Value>, Rejected> {
    let act: Act = read(&body)?;
    let known = |key: &Key| app.lock().world.jobs.contains_key(key);
    let job = address.parse().ok().filter(known).ok_or(Rejected::Absent("job"))?;
    app.live();
    app.change(|world, now_ms| act.apply(world, &job, now_ms))?;
    let state = app.lock();
    let job = state.world.jobs.get(&job).ok_or(Rejected::Absent("job"))?;
    Ok(Json(world::job(&state.world, job)))
}

impl Act {
    fn apply(self, world: &mut World, job: &Key, now_ms: i64) -> Result<(), Rejected> {
        match self.instruction {
            Instruction::Claim => {
                let node = self.claimant(world, job)?;
                world.claim(job, &node, now_ms)?;
            }
            Instruction::Quit => world.quit(job, now_ms)?,
            Instruction::QuitAdmin => world.quit_admin(job, now_ms)?,
            Instruction::End => world.end(job, now_ms)?,
            Instruction::Finish => world.finish(job, now_ms)?,
            Instruction::Extend => world.extend(job, self.seconds.unwrap_or(3_600), now_ms)?,
            Instruction::Clean => world.clean(job)?,
        }
        Ok(())
    }

    fn claimant(&self, world: &World, job: &Key) -> Result<Key, Rejected> {
        if let Some(text) = &self.node {
            let key = text.parse().ok().filter(|key| world.node(key).is_some());
            return key.ok_or_else(|| Rejected::Bad("There is no such node.".to_owned()));
        }
        let last = world.jobs.get(job).and_then(|job| job.last_node);
        let idle = || world.nodes.iter().map(|n| n.address).find(|n| world.place(n).chain() == Chain::None);
        last.or_else(idle).ok_or_else(|| Rejected::Bad("No node is free to claim; name one.".to_owned()))
    }
}
