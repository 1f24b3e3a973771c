//! The lock on a data folder: one server at a time, whoever starts the second.

use std::{
    fs::{File, OpenOptions, TryLockError},
    path::Path,
    time::Duration,
};

use crate::StoreError;

/// Held while it lives; the system gives it back when the process ends, however it ends.
#[derive(Debug)]
pub(crate) struct FolderLock {
    _file: File,
}

const TRIES: u32 = 20;
const PAUSE: Duration = Duration::from_millis(50);

impl FolderLock {
    /// Takes the lock. A holder that is just ending is waited for, one second at most.
    pub(crate) async fn take(folder: &Path) -> Result<Self, StoreError> {
        let unavailable = |error: std::io::Error| StoreError::Unavailable(error.into());
        let mut options = OpenOptions::new();
        options.create(true).truncate(false).write(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(folder.join("wakeful.lock")).map_err(unavailable)?;
        for _ in 0..TRIES {
            match file.try_lock() {
                Ok(()) => return Ok(Self { _file: file }),
                Err(TryLockError::WouldBlock) => tokio::time::sleep(PAUSE).await,
                Err(TryLockError::Error(error)) => return Err(unavailable(error)),
            }
        }
        Err(StoreError::InUse { folder: folder.to_owned() })
    }
}
