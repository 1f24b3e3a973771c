//! Makes sure that there is a web app to embed: without `web/dist` a page that says how to build it.

use std::{env::var_os, fs, path::PathBuf};

const STUB: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Wakeful</title>\
<p>The web app is not built. Run <code>make web</code>, then build the program again.</p></html>\n";

fn main() -> std::io::Result<()> {
    println!("cargo::rerun-if-changed=../../web/dist");
    println!("cargo::rerun-if-changed=build.rs");
    let dist = of_cargo("CARGO_MANIFEST_DIR").join("../../web/dist");
    let folder = if dist.join("index.html").is_file() {
        dist.canonicalize()?
    } else {
        let stub = of_cargo("OUT_DIR").join("dist");
        fs::create_dir_all(&stub)?;
        fs::write(stub.join("index.html"), STUB)?;
        stub
    };
    println!("cargo::rustc-env=WAKEFUL_WEB_DIST={}", folder.display());
    Ok(())
}

/// A folder that Cargo tells build scripts.
fn of_cargo(name: &str) -> PathBuf {
    var_os(name).map(PathBuf::from).unwrap_or_default()
}
