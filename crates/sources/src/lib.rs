//! Reads facts and never decides: Solana, and the nodes' own endpoints. A failed read is an error with its reason,
//! never a value.
//!
//! ```text
//! let client = outbound::client()?;                                         // after rustls has its provider
//! let rpc    = solana::Rpc::new(url, client.clone(), solana::Limits::default())?;
//! let scan   = solana::scan(&rpc, &Programs::MAINNET, &network).await?;      // then network.absorb(scan, now)
//! let purses = solana::purses(&rpc, &Programs::MAINNET, &nodes).await?;      // Vec<(Address, PurseRead)>
//! let prober = endpoint::Prober::new("https://{node}.example.net", Guarded::new(guard)?, endpoint::Limits::default())?;
//! let round  = prober.round(&watched, &candidates, 32, &now).await;          // then axis.observe(answer, witnessed, ..)
//! ```

mod api;
pub mod date;
pub mod endpoint;
pub mod host;
pub mod indexer;
pub mod solana;
