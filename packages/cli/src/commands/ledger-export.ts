import { createWriteStream } from "node:fs";
import { resolve } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";
import type { Command } from "../command.ts";

export const ledgerExport: Command = {
  name: "ledger export",
  summary: "write the sealed ledger and its checkpoints to a file, signed at its end",
  arguments: [{ name: "[file]", help: "file to write" }],
  examples: ["pave ledger export ledger.jsonl && pave ledger verify ledger.jsonl"],
  async run(context, [file = "pave-ledger.jsonl"]) {
    const response = await (await context.client()).raw("exportLedger", {});
    const path = resolve(context.folder, file);
    if (response.body)
      await pipeline(Readable.fromWeb(response.body as ReadableStream), createWriteStream(path, { mode: 0o600 }));
    return { data: { path }, text: `Wrote ${path}` };
  },
};
