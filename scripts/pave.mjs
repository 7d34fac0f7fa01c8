#!/usr/bin/env node
// The `pave` command of a checkout: hands over to Node 24.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { findNode, ownEnvironment, root } from "./install.mjs";

const { status } = spawnSync(findNode(), [join(root, "packages", "cli", "src", "main.ts"), ...process.argv.slice(2)], {
  stdio: "inherit",
  env: { ...process.env, NODE_COMPILE_CACHE: ownEnvironment().NODE_COMPILE_CACHE },
});
process.exit(status ?? 1);
