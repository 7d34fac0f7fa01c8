// `npm run pack`: one tarball that installs with npm and needs no build. Runs on Node 20; the rest runs on Node 24.
import { join } from "node:path";
import { findNode, installPackages, ownEnvironment, root, run } from "./install.mjs";

try {
  await installPackages();
  const args = [join(root, "scripts", "pack", "main.ts"), ...process.argv.slice(2)];
  await run(findNode(), args, { show: true, env: ownEnvironment() });
} catch (error) {
  process.stderr.write(`error ${error.message}\n`);
  process.exit(1);
}
