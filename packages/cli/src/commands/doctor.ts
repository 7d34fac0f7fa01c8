import { execFile } from "node:child_process";
import { access, constants, statfs } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { type Command, exitCodes } from "../command.ts";
import { dataFolder } from "../connection.ts";
import { environment } from "../environment.ts";
import { checkIsolation } from "../local/check-isolation.ts";
import { findServer } from "../local/server-process.ts";
import { colors } from "../output.ts";
import { renderError } from "../render-error.ts";

const run = promisify(execFile);

interface Check {
  readonly name: string;
  readonly state: "ok" | "warning" | "problem";
  readonly found: string;
  readonly fix?: string;
}

export const doctor: Command = {
  name: "doctor",
  summary: "look for what is missing on this machine, and say what it is needed for",
  examples: ["pave doctor"],
  async run(context) {
    const checks = await Promise.all([node(), python(), git(), disk(), isolation(context), platform(context)]).then(
      (found) => found.flat(),
    );
    const marks = { ok: colors.green("✔"), warning: colors.yellow("!"), problem: colors.red("✖") };
    const text = checks
      .map(
        (check) =>
          `${marks[check.state]} ${check.name.padEnd(10)} ${check.found}${check.fix ? `\n             ${colors.dim(check.fix)}` : ""}`,
      )
      .join("\n");
    return {
      data: checks,
      text,
      exitCode: checks.some((check) => check.state === "problem") ? exitCodes.failed : exitCodes.ok,
    };
  },
};

async function node(): Promise<Check> {
  return {
    name: "node",
    state: Number(process.versions.node.split(".")[0]) >= 24 ? "ok" : "problem",
    found: `${process.version} at ${process.execPath}`,
    ...(Number(process.versions.node.split(".")[0]) >= 24
      ? {}
      : { fix: "Run `npm install` in Pave's folder; it brings Node 24." }),
  };
}

async function python(): Promise<Check> {
  const given = environment().PAVE_PYTHON;
  for (const name of given ? [given] : ["python3", "/usr/bin/python3"]) {
    const { stdout } = await run(name, ["--version"]).catch(() => ({ stdout: "" }));
    const [, major, minor] = /Python (\d+)\.(\d+)/.exec(stdout) ?? [];
    if (Number(major) === 3 && Number(minor) >= 11)
      return { name: "python", state: "ok", found: `${stdout.trim()} (${name})` };
  }
  return {
    name: "python",
    state: "problem",
    found: given ? `PAVE_PYTHON=${given} is no Python 3.11 or newer` : "no Python 3.11 or newer",
    fix: "Install Python 3.11 or newer, or set PAVE_PYTHON; steps in Python need it.",
  };
}

async function git(): Promise<Check> {
  const { stdout } = await run("git", ["--version"]).catch(() => ({ stdout: "" }));
  return stdout
    ? { name: "git", state: "ok", found: stdout.trim() }
    : {
        name: "git",
        state: "warning",
        found: "not found",
        fix: "Install git: revisions then carry commit and remote.",
      };
}

async function disk(): Promise<Check> {
  const found = await statfs(dataFolder()).catch(() => statfs("/"));
  const isWritable = await access(dataFolder(), constants.W_OK).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code === "ENOENT",
  );
  if (!isWritable)
    return {
      name: "disk",
      state: "problem",
      found: `${dataFolder()} is not yours to write`,
      fix: "Choose another data folder: PAVE_HOME.",
    };
  const free = (found.bavail * found.bsize) / 2 ** 30;
  return {
    name: "disk",
    state: free > 5 ? "ok" : free > 1 ? "warning" : "problem",
    found: `${free.toFixed(1)} GiB free for ${dataFolder()}`,
    ...(free > 5 ? {} : { fix: "Free some space, or choose another data folder: PAVE_HOME." }),
  };
}

/** Of the platform that runs here or elsewhere, if there is one: its runner has tried everything out. */
async function isolation(context: Parameters<Command["run"]>[0]): Promise<Check[]> {
  const info = await context
    .client()
    .then((client) => client.systemInfo())
    .catch(() => undefined);
  return checkIsolation(info?.runner.connected ? info.runner.bounds : null);
}

async function platform(context: Parameters<Command["run"]>[0]): Promise<Check> {
  const { PAVE_URL } = environment();
  const local = PAVE_URL ? undefined : await findServer();
  try {
    const info = await (await context.client()).systemInfo();
    const away = [info.gateway.connected ? "" : "gateway", info.runner.connected ? "" : "runner"].filter(Boolean);
    const { artifacts } = info;
    if (!artifacts.reachable)
      return {
        name: "platform",
        state: "problem",
        found: `the artifact store ${artifacts.name}: ${artifacts.message ?? "not reached"}`,
        fix: "Uploads and downloads fail until it is back; docs/artifacts.md says what it needs.",
      };
    const parts = `version ${info.version}, PostgreSQL ${info.database.version}, gateway ${info.gateway.connected ? "connected" : "away"}, runner ${info.runner.connected ? "connected" : "away"}`;
    return {
      name: "platform",
      state: away.length === 0 ? "ok" : "warning",
      found: parts,
      ...(away.length === 0
        ? {}
        : {
            fix: `Just after a start this is normal for a moment; else see ${away.map((one) => `${one}.log`).join(" and ")} in ${join(dataFolder(), "logs")}.`,
          }),
    };
  } catch (error) {
    const { message, fix } = renderError(error).body;
    const place = local?.url ?? PAVE_URL;
    if (place) return { name: "platform", state: "problem", found: `${place}: ${message}`, ...(fix ? { fix } : {}) };
    return { name: "platform", state: "warning", found: "not running", fix: "Start it with `pave up`." };
  }
}
