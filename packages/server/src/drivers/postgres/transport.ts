import { createHash } from "node:crypto";
import { rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeClosedFolder } from "../process/closed-folder.ts";
import type { Cluster } from "./cluster.ts";
import { socketFile, type Transport } from "./server-settings.ts";
import type { ServerUser } from "./server-user.ts";

/** Socket paths end at 104 bytes on macOS and 108 on Linux. */
const maxSocketBytes = 100;

/** A socket in the cluster's own folder; in a short temporary folder when that path is too long; else loopback. */
export async function chooseTransport(cluster: Cluster, user: ServerUser): Promise<Transport> {
  const short = join(tmpdir(), `pave-${createHash("sha256").update(cluster.folder).digest("hex").slice(0, 12)}`);
  for (const folder of [join(cluster.folder, "run"), short, `${short}-2`]) {
    if (fits(folder) && (await makeClosedFolder(folder, user)) && (await canHoldSocket(folder)))
      return { kind: "socket", folder };
  }
  return { kind: "loopback", port: await freePort() };
}

/** The setting that names the folder is a list with commas and quotes, so only plain paths will do. */
function fits(folder: string): boolean {
  return /^[\w./@+-]+$/.test(folder) && Buffer.byteLength(socketFile(folder)) <= maxSocketBytes;
}

/** Some file systems (shared folders, some network ones) hold no sockets. */
async function canHoldSocket(folder: string): Promise<boolean> {
  const path = join(folder, ".probe");
  await rm(path, { force: true });
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(path, () => server.close(() => resolve(true)));
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" && address ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}
