import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";
import { counted } from "@pave/contract";
import { type Command, projectOption, text } from "../command.ts";
import { findDeployment } from "../local/find-deployment.ts";
import { projectName } from "../local/project-folder.ts";
import { table } from "../output.ts";

export const deploymentsLog: Command = {
  name: "deployments log",
  summary: "list or download the request log: features and answers as Parquet",
  arguments: [
    { name: "<environment>", help: "environment" },
    { name: "[deployment]", help: "deployment (default: the only one)" },
  ],
  options: [projectOption, { flags: "--to <folder>", help: "download every file into this folder" }],
  examples: ["pave deployments log production", "pave deployments log production --to log"],
  async run(context, [environment, given], options) {
    const client = await context.client();
    const project = await projectName(context.folder, text(options.project));
    const found = await findDeployment(client, project, environment ?? "", given);
    const params = { project, environment: found.environment, deployment: found.name };
    const log = await client.listRequestLog({ params });
    const folder = text(options.to);
    if (folder !== undefined) {
      await mkdir(resolve(context.folder, folder), { recursive: true });
      for (const { id } of log.files) {
        const { body } = await client.raw(
          "getRequestLogFile",
          { params: { ...params, file: id } },
          { signal: context.signal },
        );
        if (!body) continue;
        const target = createWriteStream(join(resolve(context.folder, folder), `${id}.parquet`), { mode: 0o600 });
        await pipeline(Readable.fromWeb(body as ReadableStream<Uint8Array>), target);
      }
    }
    const rows = log.files.map((file) => [
      file.id,
      file.from.slice(0, 16),
      file.to.slice(0, 16),
      file.rows,
      file.bytes,
    ]);
    const waiting =
      log.waitingRows > 0 ? [`${counted(log.waitingRows, "row")} wait to become a file, within an hour`] : [];
    const kept = `Files are kept for ${log.retentionDays} days.`;
    return {
      data: log,
      text: [table(["file", "from", "to", "rows", "bytes"], rows, "No files yet."), ...waiting, kept].join("\n"),
    };
  },
};
