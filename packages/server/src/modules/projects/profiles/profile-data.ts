import type { CommandWork, RemoteFile } from "@pave/contract";
import type { Ctx } from "../../../db/context.ts";
import { enqueueWork, findWorkResult, type Jobs, type WorkHandler, type WorkResult } from "../../../jobs/index.ts";
import { newId } from "../../../kernel/ids.ts";
import { must, PaveError } from "../../../kernel/pave-error.ts";
import { parseBytes, parseDurationMs, sleep } from "../../../kernel/time.ts";
import type { Artifacts } from "../../artifacts/index.ts";
import type { Components } from "../../components/index.ts";
import { plainName, uploadedBlob } from "./uploaded-table.ts";

export interface ProfileDeps {
  readonly artifacts: Artifacts;
  readonly components: Pick<Components, "resolveComponent">;
  readonly jobs: Pick<Jobs, "requestCancel">;
}

export interface ProfileRequest {
  readonly digest: string;
  readonly filename: string;
  readonly target?: string | undefined;
  readonly sql?: string | undefined;
}

/** What is kept with the work; the runner's payload is made at the claim, because its URLs live shortly. */
interface KeptRequest {
  readonly kind: "command";
  readonly source: { readonly path: string; readonly digest: string; readonly size: number };
  readonly sql: { readonly digest: string; readonly size: number } | null;
  readonly target: string | null;
}

export const profileWorkOwner = "profile";
const component = "pave/profile-table@1";
const patienceMs = 60_000;
const maxReportBytes = 16 * 2 ** 20;

/** Looks at an uploaded table in a runner's sandbox and waits for the report. Nothing of it is kept. */
export async function profileData(
  ctx: Ctx,
  deps: ProfileDeps,
  request: ProfileRequest,
  signal?: AbortSignal,
): Promise<unknown> {
  const blob = await uploadedBlob(ctx, request.digest);
  const sql = request.sql === undefined ? null : await deps.artifacts.storeBytes(ctx, request.sql);
  const kept: KeptRequest = {
    kind: "command",
    source: { path: plainName(request.filename), digest: blob.digest, size: blob.size },
    sql,
    target: request.target ?? null,
  };
  const workId = await enqueueWork(ctx, { ownerKind: profileWorkOwner, ownerId: newId(), payload: kept });
  const result = await waitForEnd(ctx, workId, signal);
  if (!result) {
    await deps.jobs.requestCancel(ctx, workId);
    throw new PaveError("profile.failed", `${kept.source.path} was not looked at within ${patienceMs / 1000} s`, {
      fix: "Check with `pave doctor` that a runner is up, or try a sample of the table",
    });
  }
  return readReport(ctx, deps.artifacts, kept, result);
}

/** How a runner gets the work; its end needs no handling, whoever asked is waiting for the row. */
export function profileWork(deps: ProfileDeps): WorkHandler {
  return {
    async prepare(ctx, work): Promise<CommandWork> {
      const kept = work.payload as KeptRequest;
      const { spec, builtin } = await deps.components.resolveComponent(ctx, component, { files: [] });
      const [source] = deps.artifacts.remoteFiles([{ ...kept.source, executable: false }]);
      const [sql] = kept.sql ? deps.artifacts.remoteFiles([{ ...kept.sql, path: "query.sql", executable: false }]) : [];
      const params = Object.fromEntries(
        Object.entries(spec.params).map(([name, param]) => [name, param.default ?? null]),
      );
      return {
        kind: "command",
        attempt: 1,
        project: "",
        run: work.ownerId,
        step: "profile",
        command: spec.run.command,
        code: [],
        builtin,
        inputs: {
          source: input(must(source, "the table"), "dataset"),
          ...(sql ? { sql: input(sql, "artifact") } : {}),
        },
        params: { ...params, target: kept.target },
        outputs: Object.fromEntries(
          Object.entries(spec.outputs).map(([port, output]) => [
            port,
            { type: output.type, format: output.format?.[0] ?? null, required: output.required },
          ]),
        ),
        python: null,
        env: {},
        limits: {
          timeoutMs: Math.min(parseDurationMs(spec.limits.timeout) ?? patienceMs, patienceMs),
          memoryBytes: spec.limits.memory === undefined ? null : (parseBytes(spec.limits.memory) ?? null),
          cpu: spec.requests.cpu ?? null,
        },
        token: "",
      };
    },
    finished: async () => undefined,
  };
}

function input(file: RemoteFile, type: "dataset" | "artifact"): CommandWork["inputs"][string] {
  return { type, format: formatOf(file.path), digest: file.digest, metadata: {}, files: [file] };
}

async function waitForEnd(ctx: Ctx, workId: string, signal: AbortSignal | undefined): Promise<WorkResult | undefined> {
  const deadline = performance.now() + patienceMs;
  while (performance.now() < deadline && !signal?.aborted) {
    const result = await findWorkResult(ctx, workId);
    if (result) return result;
    await sleep(100, signal);
  }
  return undefined;
}

async function readReport(ctx: Ctx, artifacts: Artifacts, kept: KeptRequest, result: WorkResult): Promise<unknown> {
  const file = result.outputs.find((output) => output.port === "profile")?.files[0];
  if (result.outcome === "succeeded" && file)
    return JSON.parse((await artifacts.readBlob(ctx, file.digest, maxReportBytes)).toString("utf8"));
  const said = result.message ?? "it could not be read";
  const message = said
    .replace(/^step \S+ exited with code \d+: /, "")
    .replace(/^error: /, "")
    .replaceAll("input source", kept.source.path);
  throw new PaveError(
    "profile.failed",
    message.startsWith(kept.source.path) ? message : `${kept.source.path}: ${message}`,
    { fix: "Correct the table or the query, then try again" },
  );
}

const formatOf = (path: string): string | null => /\.([a-z]+)(?:\.gz)?$/.exec(path.toLowerCase())?.[1] ?? null;
