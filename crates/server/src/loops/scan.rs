//! Scans the chain on our own clock, whether or not a browser is open.

use std::{sync::Arc, time::Duration};

use domain::{network::Scan, why::Why};
use sources::solana::{Limits, Programs, Rpc, RpcError, scan};

use super::watch::Watch;
use crate::{app::App, look::Outcome};

/// The configured endpoints, in their order.
pub fn endpoints(app: &App, client: &reqwest::Client) -> Result<Vec<Rpc>, String> {
    let rpcs = app.config.solana_rpc.iter().map(|url| {
        Rpc::new(url.expose(), client.clone(), Limits::default())
            .map_err(|error| format!("WAKEFUL_SOLANA_RPC cannot be used: {error}"))
    });
    rpcs.collect()
}

/// Scans, waits for the next time or for somebody who asks, and scans again.
pub async fn run(app: App, watch: Arc<Watch>, rpcs: Arc<Vec<Rpc>>) -> Result<(), String> {
    let mut pause;
    while watch.wait_for_lease().await {
        let began = app.clock.now();
        let known = watch.network().await.map_err(|error| error.to_string())?;
        let (read, retry_after) = first_good(&rpcs, &known).await;
        let retry_after = retry_after.unwrap_or_default().min(app.config.rules.scan * 4);
        pause = app.config.rules.scan.max(retry_after);
        let next = app.clock.now().plus(pause);
        let failed = watch.scanned(read, next).await.map_err(|error| error.to_string())?;
        app.looks.scan.tell(Outcome { began, failed });
        tokio::select! {
            () = tokio::time::sleep(jittered(&app, pause)) => {}
            // A throttled endpoint is not asked sooner because somebody presses a button.
            () = app.looks.scan.rung(), if retry_after.is_zero() => {}
            () = app.stop.cancelled() => return Ok(()),
        }
    }
    Ok(())
}

/// Many servers that started together must not ask together for ever.
fn jittered(app: &App, pause: Duration) -> Duration {
    let twentieth = u64::try_from(pause.as_millis() / 20).unwrap_or(0);
    pause - Duration::from_millis(app.entropy.below(twentieth + 1))
}

/// The first endpoint whose scan can be read; the last one's reason when none can.
async fn first_good(rpcs: &[Rpc], known: &domain::network::Network) -> (Result<Scan, Why>, Option<Duration>) {
    let mut failure: Option<RpcError> = None;
    for rpc in rpcs {
        match scan(rpc, &Programs::MAINNET, known).await {
            // A network without markets is an answer emptied by throttling: another endpoint may know better.
            Ok(read) if read.markets.accounts.is_empty() && rpcs.len() > 1 => {
                let detail = format!("{} lists no market", rpc.name());
                failure = Some(RpcError { why: Why::RpcEmptyList, detail, retry_after: None, code: None });
            }
            Ok(read) => return (Ok(read), None),
            Err(error) => {
                tracing::warn!(endpoint = rpc.name(), %error, "a scan failed");
                failure = Some(error);
            }
        }
    }
    let (why, wait) = failure.map_or((Why::RpcUnreachable, None), |error| (error.why, error.retry_after));
    (Err(why), wait)
}
