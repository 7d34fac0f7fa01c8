import { createApp } from "../app.ts";
import type { Config } from "../config.ts";
import { migrate } from "../db/migrate.ts";
import { openDatabase } from "../db/open-database.ts";
import { PaveError } from "../kernel/pave-error.ts";
import { untilAborted } from "../kernel/time.ts";
import { handOutClient } from "./hand-out-client.ts";
import { listen } from "./listen.ts";
import { runLoops } from "./loops.ts";
import type { ServeOptions } from "./serve.ts";
import { assertNoRestore } from "./unfinished-restore.ts";

/** The api or the worker role on an outside PostgreSQL; any number of each, no leader. */
export async function serveParts(role: "api" | "worker", config: Config, { log, signal }: ServeOptions): Promise<void> {
  if (config.databaseUrl === "embedded")
    throw new PaveError(
      "config.invalid",
      `--role ${role} needs PAVE_DATABASE_URL: an embedded database belongs to one \`pave up\``,
      { fix: "Set PAVE_DATABASE_URL to a PostgreSQL 15 or newer." },
    );
  await assertNoRestore(config.dataFolder);
  await migrate(config.databaseUrl, { log });
  const database = openDatabase(config.databaseUrl, { log, poolSize: 16 });
  const addresses = {
    apiUrl: config.publicUrl || `http://${config.host}:${config.port}`,
    gatewayUrl: config.gatewayUrl || `http://${config.gatewayHost}:${config.gatewayPort}`,
  };
  const app = await createApp({ config, database, log, addresses, embeddedDatabase: false });
  try {
    const { adminId } = await app.seed();
    if (role === "worker") await runLoops(app.loops, app.createContext, signal);
    else {
      const server = await listen(app, config, log);
      addresses.apiUrl = config.publicUrl || server.url;
      const file = await handOutClient(app, { dataFolder: config.dataFolder, url: addresses.apiUrl, adminId });
      log.info(
        { url: addresses.apiUrl, file },
        "the api is ready; who may read this file signs in as its admin: `pave open`",
      );
      await untilAborted(signal);
      await server.close();
    }
  } finally {
    await app.close();
    await database.close();
  }
}
