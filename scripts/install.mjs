// Plain JavaScript for Node 20: what `npm start` and `npm test` need before anything of ours can run.
import { spawn } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = join(dirname(fileURLToPath(import.meta.url)), "..");

/** Runs a program to its end; its words are shown only when it fails, unless `show` is set. */
export function run(command, args, { show = false, env = {}, cwd = root } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      stdio: show ? "inherit" : ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...env },
    });
    let output = "";
    child.stdout?.on("data", (chunk) => (output += chunk));
    child.stderr?.on("data", (chunk) => (output += chunk));
    child.on("error", reject);
    child.on("close", (code) =>
      code === 0
        ? resolve(output)
        : reject(new Error(`${command} ${args.join(" ")} ended with code ${code}\n${output.slice(-4000)}`)),
    );
  });
}

/** Says that something takes time; `done` adds how long it took. */
export function step(text) {
  const started = performance.now();
  const { isTTY } = process.stderr;
  if (isTTY) process.stderr.write(`… ${text}\r`);
  return () =>
    process.stderr.write(`${isTTY ? "\x1b[K" : ""}✔ ${text} ${((performance.now() - started) / 1000).toFixed(1)} s\n`);
}

/** Node 24 for our own processes: the machine's if it is new enough, else the one among our packages. */
export function findNode() {
  const own = join(root, "node_modules", `node-${process.platform}-${process.arch}`, "bin", "node");
  if (existsSync(own)) return own;
  if (Number(process.versions.node.split(".")[0]) >= 24) return process.execPath;
  throw new Error(
    `Pave needs Node 24 on ${process.platform}-${process.arch}: found ${process.version}. Install Node 24 or newer and try again.`,
  );
}

/** Installs packages when the lock is newer than what is installed. Install scripts stay off: none is needed. */
export async function installPackages() {
  const installed = join(root, "node_modules", ".package-lock.json");
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(join(root, "package-lock.json")).mtimeMs) return;
  const done = step("Installing packages");
  // not `npm ci`: it refuses a lock that lacks packages of other platforms, and some mirrors do not carry those
  await run("npm", ["install", "--no-save", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]);
  done();
}

/** Builds the portal when a source is newer than the build. */
export async function buildPortal() {
  const portal = join(root, "packages", "portal");
  const built = join(portal, "dist", "index.html");
  const newest = Math.max(
    newestIn(join(portal, "src")),
    newestIn(join(root, "packages", "contract", "src")),
    statSync(join(portal, "index.html")).mtimeMs,
  );
  if (existsSync(built) && statSync(built).mtimeMs >= newest) return;
  const done = step("Building the portal");
  await run(findNode(), [join(root, "node_modules", "vite", "bin", "vite.js"), "build", portal, "--logLevel", "error"]);
  done();
}

function newestIn(folder) {
  return readdirSync(folder, { recursive: true }).reduce(
    (newest, name) => Math.max(newest, statSync(join(folder, name)).mtimeMs),
    0,
  );
}

/**
 * The environment of our processes: Node 24 first on the PATH, and a place where it keeps what it compiled. With that a
 * command takes 0.5 s of processor time to start instead of 1.1 s, as types need not be stripped each time.
 */
export const ownEnvironment = () => ({
  PATH: `${dirname(findNode())}:${process.env.PATH}`,
  NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? join(root, "node_modules", ".cache", "node"),
});
