// `npm start`: install, build, then drive the sample project down the road. Runs on Node 20; the rest runs on Node 24.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { buildPortal, findNode, installPackages, ownEnvironment, root } from "./install.mjs";

try {
  await installPackages();
  await buildPortal();
} catch (error) {
  process.stderr.write(`error ${error.message}\n`);
  process.exit(1);
}
const road = spawn(findNode(), [join(root, "scripts", "road", "main.ts"), ...process.argv.slice(2)], {
  cwd: root,
  stdio: "inherit",
  env: { ...process.env, ...ownEnvironment() },
});
// A Ctrl-C reaches the road by itself, as part of the terminal's group; it decides when we end.
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => signal === "SIGTERM" && road.kill(signal));
road.on("close", (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
