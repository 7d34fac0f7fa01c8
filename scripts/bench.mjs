// `npm run bench -- NAME`: one of the benches by its name. Arguments behind it go to the bench.
import { join } from "node:path";
import { buildPortal, findNode, installPackages, ownEnvironment, root, run } from "./install.mjs";

await installPackages();
await buildPortal();
await run(findNode(), [join(root, "bench", "harness", "main.ts"), ...process.argv.slice(2)], {
  show: true,
  env: ownEnvironment(),
}).catch(() => {
  // the bench has said why
  process.exitCode = 1;
});
