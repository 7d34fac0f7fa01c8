// `npm run check`: what CI checks except the tests. Every part runs, so that one failure hides no other.
import { join } from "node:path";
import { findNode, installPackages, root, run } from "./install.mjs";

await installPackages();
const bin = (name) => join(root, "node_modules", ".bin", name);
const node = findNode();
const parts = [
  ["types", [node, [join(root, "node_modules", "typescript", "bin", "tsc"), "-p", "tsconfig.json"]]],
  [
    "types of the portal",
    [node, [join(root, "node_modules", "typescript", "bin", "tsc"), "-p", "packages/portal/tsconfig.json"]],
  ],
  ["format and lint", [bin("biome"), ["ci", "--error-on-warnings", "."]]],
  ["imports", [node, ["scripts/check-imports.ts"]]],
  ["dead code", [node, ["node_modules/knip/bin/knip.js", "--no-progress"]]],
  ["generated files", [node, ["scripts/write-openapi.ts", "--check"]]],
  ["generated tables of rights", [node, ["scripts/write-access-docs.ts", "--check"]]],
  ["generated docs", [node, ["scripts/write-cli-docs.ts", "--check"]]],
];
let failed = 0;
for (const [name, [command, args]] of parts) {
  const started = performance.now();
  const error = await run(command, args).then(
    () => undefined,
    (error) => error,
  );
  process.stdout.write(
    `${error ? "✖" : "✔"} ${name} ${((performance.now() - started) / 1000).toFixed(1)} s\n${error ? `${error.message}\n` : ""}`,
  );
  if (error) failed += 1;
}
process.exit(failed > 0 ? 1 : 0);
