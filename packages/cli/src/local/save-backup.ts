import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";
import type { Client } from "@pave/contract";
import { CliError, exitCodes } from "../command.ts";

/** Whole or not at all: the stream goes to a draft beside the file first. */
export async function saveBackup(client: Client, id: string, path: string): Promise<void> {
  const response = await client.raw("downloadBackup", { params: { backup: id } });
  const draft = `${path}.part`;
  try {
    if (!response.body) throw new Error("the answer is empty");
    await pipeline(Readable.fromWeb(response.body as ReadableStream), createWriteStream(draft, { mode: 0o600 }));
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw new CliError(`${path} was not written whole: ${error instanceof Error ? error.message : String(error)}`, {
      exitCode: exitCodes.failed,
      fix: "Free some space or try again; the backup on the server is as it was.",
    });
  }
}
