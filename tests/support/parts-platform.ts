import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "@pave/contract";
import { connectionUrl } from "../../packages/server/src/db/connection.ts";
import { startEmbeddedPostgres } from "../../packages/server/src/drivers/postgres/index.ts";
import { removeReachableRoot } from "../../packages/server/src/drivers/process/reachable.ts";
import { silentLogger } from "../../packages/server/src/kernel/logger.ts";
import { builtPave } from "./built-pave.ts";
import { createCommands } from "./commands.ts";
import { eventually } from "./eventually.ts";
import { freePorts } from "./free-ports.ts";
import { type KeptCommand, keepCommand } from "./kept-command.ts";
import type { UsedPlatform } from "./platform.ts";
import { shareEnvironments } from "./shared-environments.ts";
import { killProcess } from "./supervise.ts";

const roles = ["api", "worker", "gateway", "runner"] as const;
type Role = (typeof roles)[number];
export type Part = Role | "postgres";

/** A platform whose parts run apart, as docs/in-parts.md says; what is killed is started again by a process manager. */
export interface PartsPlatform extends UsedPlatform {
  /** Data folders by machine: `api` of api and worker, which share the artifacts. */
  readonly homes: Readonly<Record<"api" | "gateway" | "runner" | "database", string>>;
  /** The admin's, from the file that the api leaves in its data folder. */
  readonly token: string;
  /** What each role is given, and nothing else. */
  readonly settings: Readonly<Record<Role, Readonly<Record<string, string>>>>;
  /** How often a role was started. */
  starts(role: Role): number;
  kill(part: Part): Promise<void>;
  /** What a role has said so far. */
  log(role: Role): Promise<string>;
  /** Stops and removes everything. */
  remove(): Promise<void>;
}

/** Starts one on loopback, from an empty database: api and worker at the same moment, then gateway and runner. */
export async function startPartsPlatform(entry?: string): Promise<PartsPlatform> {
  const folder = await mkdtemp(join(tmpdir(), "pave-parts-"));
  const homeOf = (machine: string) => join(folder, machine);
  const homes = {
    api: homeOf("api"),
    gateway: homeOf("gateway"),
    runner: homeOf("runner"),
    database: homeOf("database"),
  };
  const kept = new Map<Role, KeptCommand>();
  const [apiPort, gatewayPort, databasePort] = await freePorts(3);
  const url = `http://127.0.0.1:${apiPort}`;
  const commands = createCommands({
    folder,
    environment: { PAVE_HOME: homes.api },
    url: () => url,
    entry: entry ?? (await builtPave()),
  });
  const logOf = (role: Role) => join(folder, "logs", `${role}.log`);
  const settings: Record<Role, Record<string, string>> = { api: {}, worker: {}, gateway: {}, runner: {} };
  const keep = (role: Role, environment: Record<string, string>) => {
    settings[role] = environment;
    const start = () => commands.call(["serve", "--role", role], { environment }, true);
    kept.set(role, keepCommand(start, logOf(role)));
  };

  let postgres: Awaited<ReturnType<typeof startEmbeddedPostgres>> | undefined;
  const remove = async () => {
    await Promise.all([...kept.values()].map((command) => command.stop()));
    await postgres?.stop();
    // steps go on without their runner
    await commands.pave(["down"], { environment: { PAVE_HOME: homes.runner } });
    for (const home of Object.values(homes)) await removeReachableRoot(home).catch(() => undefined);
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  };

  try {
    await mkdir(join(folder, "logs"));
    await shareEnvironments(homes.runner);
    postgres = await startEmbeddedPostgres({
      dataFolder: homes.database,
      transport: { kind: "loopback", port: databasePort ?? 0 },
      log: silentLogger,
    });
    const { connection } = postgres;
    const control = {
      PAVE_HOME: homes.api,
      PAVE_DATABASE_URL: connectionUrl(connection),
      PAVE_PUBLIC_URL: url,
      PAVE_GATEWAY_URL: `http://127.0.0.1:${gatewayPort}`,
    };
    keep("api", { ...control, PAVE_PORT: String(apiPort) });
    keep("worker", control);
    const token = await eventually(
      "the admin's token",
      () => tokenIn(homes.api),
      (found) => found !== "",
    );
    const connect = async (role: "gateway" | "runner") => {
      const create = ["tokens", "create", `first-${role}`, "--role", role, "--days", "366"];
      const made = await commands.json<{ token: string }>(create);
      return { PAVE_HOME: homes[role], PAVE_API_URL: url, PAVE_ROLE_TOKEN: made.token };
    };
    keep("gateway", { ...(await connect("gateway")), PAVE_GATEWAY_PORT: String(gatewayPort) });
    keep("runner", await connect("runner"));
    const server = postgres;
    return {
      ...commands,
      folder,
      homes,
      token,
      settings,
      starts: (role) => kept.get(role)?.starts() ?? 0,
      client: createClient({ baseUrl: url, token }),
      kill: (part) => killProcess(part, async () => (part === "postgres" ? server.pid : await kept.get(part)?.pid())),
      log: (role) => readFile(logOf(role), "utf8"),
      remove,
    };
  } catch (error) {
    const said = await Promise.all(roles.map((role) => readFile(logOf(role), "utf8").catch(() => "")));
    await remove();
    throw new Error(`the platform in parts did not start\n${said.join("")}`, { cause: error });
  }
}

async function tokenIn(home: string): Promise<string> {
  const file = await readFile(join(home, "cli.json"), "utf8").catch(() => "{}");
  return (JSON.parse(file) as { token?: string }).token ?? "";
}
