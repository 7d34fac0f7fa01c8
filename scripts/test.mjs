// `npm test`: all set-up that the tests need, then the tests. Arguments go to vitest.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { buildPortal, findNode, installPackages, ownEnvironment, root } from "./install.mjs";

/** With PAVE_TEST_AGAIN, as in CI, so many files that failed among all others get a second run by themselves. */
const mostAgain = 3;

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
const first = await runTests("first", process.argv.slice(2));
const again = process.env.PAVE_TEST_AGAIN && first.onlyFilesFailed && first.failedFiles.length <= mostAgain;
const filesAgain = again ? first.failedFiles : [];
if (again) process.stderr.write(`Once more, by themselves: ${filesAgain.join(", ")}\n`);
const last = again ? await runTests("again", [...filesAgain, "--maxWorkers=1"]) : first;
if (again && last.code === 0)
  process.stderr.write(`UNSTEADY, failed once and passed by themselves, to be mended: ${filesAgain.join(", ")}\n`);
rmSync(folder, { recursive: true, force: true });
process.exit(last.code);

/** Runs vitest to its end and says what came of it. */
async function runTests(name, filters) {
  const report = join(folder, `${name}.json`);
  const vitest = join(root, "node_modules", "vitest", "vitest.mjs");
  const child = spawn(findNode(), [vitest, "run", ...filters], {
    cwd: root,
    stdio: "inherit",
    env: {
      ...process.env,
      ...ownEnvironment(),
      PAVE_TEST_OUTCOME: report,
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
  const [code] = await once(child, "close");
  clearInterval(watching);
  if (!existsSync(report)) return { code: code ?? 1, onlyFilesFailed: false, failedFiles: [] };
  const { passed, failed, skipped, failedFiles, strayErrors } = JSON.parse(readFileSync(report, "utf8"));
  process.stdout.write(`${passed} passed, ${failed} failed, ${skipped} skipped\n`);
  // a process that was left behind, or an error of no file, fails the run whatever a second one of these files says
  const onlyFilesFailed = code === 1 && strayErrors === 0 && failedFiles.length > 0;
  return { code: code ?? 1, onlyFilesFailed, failedFiles: failedFiles.map((file) => relative(root, file)) };
}
