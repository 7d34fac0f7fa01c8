/** Serves models of Python for the gateways on this machine: see contract/model-host.ts for what is said. */
import { createHash } from "node:crypto";
import { chmod, mkdir, readdir, rm } from "node:fs/promises";
import { createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { type HostedModel, modelHostRequestSchema, type WantedModel } from "@pave/contract";
import { makeClosedFolder } from "../../drivers/process/closed-folder.ts";
import { jsonLines, modelHostSocket } from "../../drivers/process/model-host-socket.ts";
import { messageOf, PaveError } from "../../kernel/pave-error.ts";
import { attemptFolder } from "../attempt/attempt-folder.ts";
import type { Host } from "../host.ts";
import { ServedModel } from "./served-model.ts";

export class ModelHost {
  readonly #host: Host;
  /** By key. */
  readonly #served = new Map<string, ServedModel>();
  readonly #gateways = new Map<Socket, readonly WantedModel[]>();
  readonly #root: string;
  #server: Server | undefined;

  constructor(host: Host) {
    this.#host = host;
    this.#root = join(host.root, "served");
  }

  /** Takes up what an earlier runner left, then listens. */
  async start(dataFolder: string): Promise<void> {
    const attempts = join(this.#root, "attempts");
    await mkdir(attempts, { recursive: true });
    // those who serve walk through, as with attempts
    for (const folder of [this.#root, attempts]) await chmod(folder, 0o711);
    for (const key of await readdir(attempts)) if (/^[0-9a-f]{12}$/.test(key)) this.#of(key).want(undefined);
    const { folder, path, isShared } = modelHostSocket(dataFolder);
    if (isShared && !(await makeClosedFolder(folder)))
      throw new PaveError(
        "server.unavailable",
        `${folder}: expected a folder of this user, found something of another's`,
        {
          fix: "Remove it, or use a data folder with a shorter path",
        },
      );
    await rm(path, { force: true });
    const server = createServer((socket) => this.#welcome(socket));
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(path, resolve);
    });
    await chmod(path, 0o600);
    this.#server = server;
  }

  /** Processes go on; the next runner finds them. */
  async leave(): Promise<void> {
    for (const socket of this.#gateways.keys()) socket.destroy();
    await new Promise((resolve) => (this.#server ? this.#server.close(resolve) : resolve(undefined)));
    await Promise.all([...this.#served.values()].map((model) => model.leave()));
  }

  #welcome(socket: Socket) {
    const read = jsonLines();
    this.#gateways.set(socket, []);
    socket.on("data", (chunk) => {
      try {
        for (const value of read(chunk)) this.#want(socket, modelHostRequestSchema.parse(value).models);
      } catch (error) {
        this.#host.log.warn({ error: messageOf(error) }, "a gateway said something that is not understood");
        socket.destroy();
      }
    });
    socket.on("error", () => {});
    socket.on("close", () => {
      this.#gateways.delete(socket);
      this.#settle();
    });
  }

  #want(socket: Socket, models: readonly WantedModel[]) {
    this.#gateways.set(socket, models);
    this.#settle();
    for (const { releaseId } of models) this.#tell(keyOf(releaseId));
  }

  #settle() {
    const wanted = new Map([...this.#gateways.values()].flat().map((model) => [keyOf(model.releaseId), model]));
    for (const [key, model] of wanted) this.#of(key).want(model);
    for (const [key, served] of this.#served) if (!wanted.has(key)) served.want(undefined);
  }

  #of(key: string): ServedModel {
    const known = this.#served.get(key);
    if (known) return known;
    const made = new ServedModel({
      host: this.#host,
      key,
      folder: attemptFolder(this.#root, key),
      log: this.#host.log.child({ model: key }),
      onChange: () => this.#tell(key),
      onOver: () => {
        this.#served.delete(key);
        // asked for again in the last moment
        this.#settle();
      },
    });
    this.#served.set(key, made);
    return made;
  }

  #tell(key: string) {
    const served = this.#served.get(key);
    if (!served) return;
    for (const [socket, models] of this.#gateways) {
      const model = models.find(({ releaseId }) => keyOf(releaseId) === key);
      if (!model || socket.destroyed) continue;
      const message: HostedModel = { type: "state", releaseId: model.releaseId, ...served.state };
      socket.write(`${JSON.stringify(message)}\n`);
    }
  }
}

/** A release's folder and socket; short, as paths of sockets must be. */
const keyOf = (releaseId: string): string => createHash("sha256").update(releaseId).digest("hex").slice(0, 12);
