import { chmod, chown, type FileHandle, mkdir, open, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Attempt } from "../attempt/attempt.ts";
import type { Host } from "../host.ts";
import { createRelay, type Relay } from "./relay.ts";

export interface Door {
  /** Where door.py finds the relay. */
  readonly socket: string;
  close(): Promise<void>;
}

/** Where a step finds its tracking server in a network of its own: as on the machine, if any user may listen there. */
export function doorPort(apiUrl: string): number {
  const { protocol, port } = new URL(apiUrl);
  const number = Number(port || (protocol === "https:" ? 443 : 80));
  return number >= 1024 ? number : 4700;
}

export const doorUrl = (apiUrl: string): string => `http://127.0.0.1:${doorPort(apiUrl)}`;

export const doorSocket = (attempt: Attempt): string => join(attempt.folder.path, "door", "s");

/** Listens for the attempt's door. After a restart of the runner its connections come to the same path again. */
export async function openDoor(host: Host, attempt: Attempt): Promise<Door> {
  const folder = join(attempt.folder.path, "door");
  const socket = doorSocket(attempt);
  await mkdir(folder, { recursive: true, mode: 0o710 });
  await rm(socket, { force: true });
  const relay = createRelay(host.apiUrl);
  // paths of sockets may have some 100 bytes, so it is named from its open folder
  const handle = await open(folder, "r");
  try {
    await new Promise<void>((resolve, reject) => {
      relay.server.once("error", reject);
      relay.server.listen(`/proc/self/fd/${handle.fd}/s`, resolve);
    });
    if (attempt.uid !== null) {
      // the door's process has the attempt's group, and a user that no step runs as
      await chown(folder, 0, attempt.uid);
      await chown(socket, 0, attempt.uid);
      await chmod(socket, 0o660);
    } else await chmod(socket, 0o600);
  } catch (error) {
    await closeAll(relay, handle);
    throw error;
  }
  relay.server.on("error", (error) => attempt.logger.warn({ error: error.message }, "the door of a step"));
  return { socket, close: () => closeAll(relay, handle) };
}

/** Node removes the socket by the path it was made with, so the folder stays open until then. */
async function closeAll(relay: Relay, handle: FileHandle): Promise<void> {
  await relay.close();
  await handle.close();
}
