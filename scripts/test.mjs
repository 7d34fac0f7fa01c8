// `npm test`: all set-up that the tests need, then the tests. Arguments go to vitest.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildPortal, findNode, installPackages, ownEnvironment, root } from "./install.mjs";

await installPackages();
await buildPortal();

const browser = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);
if (!browser && process.env.PAVE_REQUIRE_BROWSER) {
  process.stderr.write("error PAVE_REQUIRE_BROWSER is set, but there is no Chromium: apt-get install chromium\n");
  process.exit(1);
}
if (!browser)
  process.stderr.write(
    "No Chromium on this machine: the tests in a browser are skipped (apt-get install chromium runs them).\n",
  );

const promtool = (process.env.PATH ?? "")
  .split(":")
  .map((folder) => join(folder, "promtool"))
  .find(existsSync);
if (!promtool && process.env.PAVE_REQUIRE_PROMTOOL) {
  process.stderr.write("error PAVE_REQUIRE_PROMTOOL is set, but there is no promtool: apt-get install prometheus\n");
  process.exit(1);
}
if (!promtool)
  process.stderr.write(
    "No promtool on this machine: the tests of metrics against Prometheus are skipped (apt-get install prometheus runs them).\n",
  );

const folder = mkdtempSync(join(tmpdir(), "pave-test-"));
const report = join(folder, "report.json");
const args = [
  join(root, "node_modules", "vitest", "vitest.mjs"),
  "run",
  "--reporter=default",
  "--reporter=json",
  `--outputFile.json=${report}`,
  ...process.argv.slice(2),
];
const child = spawn(findNode(), args, {
  cwd: root,
  stdio: "inherit",
  env: {
    ...process.env,
    ...ownEnvironment(),
    ...(browser ? { PAVE_TEST_BROWSER: browser } : {}),
    ...(promtool ? { PAVE_TEST_PROMTOOL: promtool } : {}),
  },
});
// A process that a test left behind holds the run's pipes: it would wait for that for ever, with all said that is to say.
const watching = setInterval(() => {
  if (!existsSync(report) || Date.now() - statSync(report).mtimeMs < 60_000) return;
  clearInterval(watching);
  process.stderr.write(
    "error a test left a process running, and the run cannot end: stop it in the test's afterEach\n",
  );
  child.kill("SIGKILL");
}, 1000);
child.on("close", (code) => {
  clearInterval(watching);
  if (existsSync(report)) {
    const { numPassedTests, numFailedTests, numPendingTests } = JSON.parse(readFileSync(report, "utf8"));
    process.stdout.write(`${numPassedTests} passed, ${numFailedTests} failed, ${numPendingTests} skipped\n`);
  }
  rmSync(folder, { recursive: true, force: true });
  process.exit(code ?? 1);
});
