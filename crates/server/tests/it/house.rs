//! The house as ARCHITECTURE.md draws it: what may import what, read from the sources themselves.

use std::{fs, path::Path};

fn sources(folder: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push((path.display().to_string(), fs::read_to_string(&path).unwrap()));
        }
    }
    found
}

#[test]
fn handlers_and_loops_never_know_of_each_other() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for (room, other) in [("http", "loops"), ("loops", "http")] {
        let files = sources(&root.join(room));
        assert!(files.len() > 3, "{room} is not where this test looks");
        for (file, text) in files {
            for import in [format!("crate::{other}"), format!("    {other}::"), format!("{{{other}::")] {
                assert!(!text.contains(&import), "{file} imports {other}");
            }
        }
    }
}

#[test]
fn a_handler_never_calls_a_source() {
    let http = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/http");
    for (file, text) in sources(&http) {
        assert!(!text.contains("sources::"), "{file} reads a source itself");
    }
}

#[test]
fn every_file_says_what_it_is_for() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    for name in ["domain", "outbound", "sources", "channels", "store", "server", "sim"] {
        for (file, text) in sources(&crates.join(name).join("src")) {
            assert!(text.starts_with("//!") || file.ends_with("_tests.rs"), "{file} has no sentence on top");
        }
    }
}

#[test]
fn there_is_no_drawer() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    for name in ["domain", "outbound", "sources", "channels", "store", "server", "sim"] {
        for (file, _) in sources(&crates.join(name).join("src")) {
            let stem = Path::new(&file).file_stem().unwrap().to_str().unwrap().to_owned();
            assert!(
                !["utils", "util", "common", "helpers", "types", "misc"].contains(&stem.as_str()),
                "{file}"
            );
        }
    }
}
