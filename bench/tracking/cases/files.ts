import { randomBytes } from "node:crypto";
import type { Sent } from "../../harness/connection.ts";
import { type Driven, drive } from "../../harness/drive.ts";
import type { Measured } from "../../harness/result.ts";
import { openApi } from "../api.ts";
import { startTime } from "../data.ts";
import { createRun } from "../seed.ts";
import type { Case } from "./case.ts";

/** Uploads of files that are all different, then downloads of them, as clients do through the server. */
export const artifacts: Case = {
  name: "artifacts",
  async run({ server, seeded, sizes }) {
    const { bytes, connections } = sizes.files;
    const api = openApi(server);
    const run = await createRun(api, seeded.scratchId, { name: "files", startTime, tags: [] });
    api.close();
    const folder = `/api/2.0/mlflow-artifacts/artifacts/${seeded.scratchId}/${run}/artifacts`;
    const content = randomBytes(bytes);
    const put = (number: number): Sent => {
      // each connection writes its own before the next is made, so one buffer is copied and not shared
      const body = Buffer.from(content);
      body.writeUInt32LE(number, 0);
      return { method: "PUT", path: `${folder}/${number}.bin`, body };
    };
    const seconds = sizes.secondsPerCase;
    const sent = await drive(server, { connections, seconds, request: put });
    const read = (number: number): Sent => ({ method: "GET", path: `${folder}/${number % sent.requests}.bin` });
    const received = await drive(server, { connections, seconds, request: read });
    const rate = (metric: string, { perSecond }: Driven): Measured => ({
      case: `artifacts of ${bytes / 2 ** 20} MiB`,
      metric: `${metric} at ${connections} connections`,
      unit: "MB/s",
      value: (perSecond * bytes) / 1e6,
      better: "higher",
    });
    return [rate("upload", sent), rate("download", received)];
  },
};
