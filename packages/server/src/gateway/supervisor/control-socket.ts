import { chmod, mkdir, rm } from "node:fs/promises";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { json, text } from "node:stream/consumers";
import { z } from "zod";
import { isClosedFolder, makeClosedFolder } from "../../drivers/process/closed-folder.ts";
import {
  identityOf,
  isAlive,
  type ProcessIdentity,
  sendSignal,
  waitForExit,
} from "../../drivers/process/process-life.ts";
import { messageOf, PaveError } from "../../kernel/pave-error.ts";
import type { ApiConnection } from "./api-client.ts";
import { controlSocketPath, processFile, readJson, socketFolder, writeWhole } from "./data-folder.ts";

const statusSchema = z.object({
  pid: z.number(),
  /** Package version and digest of the code that runs. */
  version: z.string(),
  startedAt: z.string(),
  /** What it was told to: another start may want it otherwise. */
  host: z.string(),
  port: z.number(),
  workerCount: z.number(),
  /** The file of the certificate that it serves. */
  tls: z.string().default(""),
  apiUrl: z.string(),
  configVersion: z.number().nullable(),
  /** When the api was last heard. */
  contactAt: z.string().nullable(),
  workers: z.array(z.object({ pid: z.number().optional(), isReady: z.boolean(), connections: z.number() })),
  /** Processes of models that do not share the workers. */
  models: z.array(z.object({ releaseId: z.string(), pid: z.number().optional(), isReady: z.boolean() })).default([]),
});
export type GatewayStatus = z.infer<typeof statusSchema>;

export interface ControlHandlers {
  status(): GatewayStatus;
  stop(): void;
  connect(connection: ApiConnection): void;
}

/**
 * Serves `GET /status`, `POST /stop` and `PUT /connection` on a socket that only this user can open. Throws when a
 * gateway runs on the folder already.
 */
export async function openControlSocket(
  dataFolder: string,
  handlers: ControlHandlers,
): Promise<{ close: () => Promise<void> }> {
  const running = await gatewayStatus(dataFolder);
  if (running) {
    throw new PaveError(
      "database.data_folder_in_use",
      `${dataFolder}: a gateway runs on this folder already, as process ${running.pid}`,
      { fix: "stop it first, or use another folder" },
    );
  }
  const path = controlSocketPath(dataFolder);
  await makeSocketFolder(dataFolder);
  await rm(path, { force: true });
  const server = createServer((incoming, response) => {
    handleControl(incoming, response, handlers).catch((error: unknown) =>
      respond(response, 400, { error: messageOf(error) }),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, resolve);
  });
  await chmod(path, 0o600);
  await writeWhole(processFile(dataFolder), JSON.stringify(await identityOf(process.pid)));
  return {
    close: async () => {
      await new Promise((resolve) => server.close(resolve));
      await rm(path, { force: true });
    },
  };
}

async function makeSocketFolder(dataFolder: string): Promise<void> {
  const { path, isShared } = socketFolder(dataFolder);
  if (!isShared) await mkdir(path, { recursive: true, mode: 0o700 });
  else if (!(await makeClosedFolder(path)))
    throw new PaveError("server.unavailable", `${path}: expected a folder of this user, found something of another's`, {
      fix: "remove it, or use a data folder with a shorter path",
    });
}

async function handleControl(
  incoming: IncomingMessage,
  response: ServerResponse,
  handlers: ControlHandlers,
): Promise<void> {
  switch (`${incoming.method} ${incoming.url}`) {
    case "GET /status":
      return respond(response, 200, handlers.status());
    case "POST /stop":
      response.on("finish", () => handlers.stop());
      return respond(response, 200, handlers.status());
    case "PUT /connection":
      handlers.connect(connectionSchema.parse(JSON.parse(await text(incoming))));
      return respond(response, 200, handlers.status());
    default:
      return respond(response, 404, { error: "expected GET /status, POST /stop or PUT /connection" });
  }
}

const connectionSchema = z.object({ apiUrl: z.url(), token: z.string().min(1) });

function respond(response: ServerResponse, status: number, body: unknown) {
  response.writeHead(status, { "content-type": "application/json", connection: "close" });
  response.end(JSON.stringify(body));
}

/** What the gateway on this folder says of itself; undefined when none answers. */
export async function gatewayStatus(dataFolder: string): Promise<GatewayStatus | undefined> {
  const parsed = statusSchema.safeParse(await ask(dataFolder, "GET", "/status"));
  return parsed.success ? parsed.data : undefined;
}

/** Tells the gateway on this folder where the api is now, for example after adopting it. Undefined when none answers. */
export async function connectGateway(
  dataFolder: string,
  connection: ApiConnection,
): Promise<GatewayStatus | undefined> {
  const parsed = statusSchema.safeParse(await ask(dataFolder, "PUT", "/connection", connection));
  return parsed.success ? parsed.data : undefined;
}

const processSchema = z.object({ pid: z.number().int().positive(), startTime: z.string() });

/** The process of the gateway on this folder while it lives, whether it answers or not. */
export async function gatewayProcess(dataFolder: string): Promise<ProcessIdentity | undefined> {
  const known = processSchema.safeParse(await readJson(processFile(dataFolder)));
  return known.success && (await isAlive(known.data)) ? known.data : undefined;
}

/**
 * Ends the gateway on this folder, if one runs, and waits until its process is gone: kills it after `timeoutMs`, or at
 * once when it does not answer.
 */
export async function stopGateway(dataFolder: string, timeoutMs = 15_000): Promise<void> {
  const found = await gatewayProcess(dataFolder);
  const hasAnswered = statusSchema.safeParse(await ask(dataFolder, "POST", "/stop")).success;
  if (!found || found.pid === process.pid) return;
  if (hasAnswered && (await waitForExit(found, timeoutMs))) return;
  if (await isAlive(found)) sendSignal(found.pid, "SIGKILL");
  await waitForExit(found, 5000);
}

/** Undefined as well where somebody else may have made the socket: they would get to see our token. */
async function ask(dataFolder: string, method: string, path: string, body?: unknown): Promise<unknown> {
  const folder = socketFolder(dataFolder);
  if (folder.isShared && !(await isClosedFolder(folder.path))) return undefined;
  return new Promise((resolve) => {
    const asking = request(
      { socketPath: controlSocketPath(dataFolder), method, path, timeout: 3000, agent: false },
      (response) => {
        json(response).then(resolve, () => resolve(undefined));
      },
    );
    asking.on("error", () => resolve(undefined));
    asking.on("timeout", () => asking.destroy());
    asking.end(body === undefined ? undefined : JSON.stringify(body));
  });
}
