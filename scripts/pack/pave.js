#!/usr/bin/env node
// The `pave` command of an installed package.
const major = Number(process.versions.node.split(".")[0]);
if (major >= 24) await import("../dist/cli-main.js");
else {
  process.stderr.write(
    `error Pave needs Node 24, found ${process.version} at ${process.execPath}\n  Install Node 24 or newer, put it first on the PATH, and try again.\n`,
  );
  process.exitCode = 1;
}
