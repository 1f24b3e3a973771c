//! `wakeful-sim`: the simulated network as a program of its own.

use std::error::Error;
use std::io::Write;
use std::net::SocketAddr;

use clap::Parser;
use sim::{Config, Sim};
use tokio::net::TcpListener;

/// A simulated Nosana network for demonstrations and tests.
#[derive(Debug, Parser)]
#[command(version)]
struct Args {
    /// Address to listen on; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:18899")]
    listen: SocketAddr,
    /// The same seed makes the same network.
    #[arg(long, default_value_t = 7)]
    seed: u64,
    /// Number of nodes.
    #[arg(long, default_value_t = 50)]
    nodes: usize,
    /// Simulated seconds per second; 0 holds the network still.
    #[arg(long, default_value = "60", value_parser = speed)]
    speed: f64,
    /// Print the watching program's variables instead of the ready line.
    #[arg(long)]
    print_env: bool,
    /// Seconds between two looks of the expected watcher.
    #[arg(long, default_value_t = 30)]
    scan: u64,
    /// Seconds of silence that are said.
    #[arg(long, default_value_t = 180)]
    offline: u64,
    /// Seconds until stuck: in a short activity, in any.
    #[arg(long, num_args = 1, value_delimiter = ',', default_values_t = [600, 3600])]
    stuck: Vec<u64>,
}

fn speed(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(speed) if speed.is_finite() && speed >= 0.0 => Ok(speed),
        _ => Err("a number from 0".to_owned()),
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    tracing_subscriber::fmt().with_writer(std::io::stderr).init();
    let args = Args::parse();
    let [short, any] = args.stuck[..] else { return Err("--stuck takes two numbers, as in 600,3600".into()) };
    let config = Config {
        seed: args.seed,
        nodes: args.nodes,
        speed: args.speed,
        scan: args.scan,
        offline: args.offline,
        stuck: (short, any),
    };
    let sim = Sim::start(config, TcpListener::bind(args.listen).await?)?;
    ready(&sim, args.print_env)?;
    stopped().await?;
    sim.stop().await;
    Ok(())
}

/// Whoever started the program waits for these lines.
fn ready(sim: &Sim, print_env: bool) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    if print_env {
        for (name, value) in sim.env() {
            writeln!(out, "{name}={value}")?;
        }
        writeln!(out)?;
    } else {
        writeln!(out, "listening on {}", sim.url())?;
    }
    out.flush()
}

async fn stopped() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted,
        _ = terminate.recv() => Ok(()),
    }
}
