import { type CommandWork, type ConnectionCheck, connectionCheckSchema } from "@pave/contract";
import type { Ctx } from "../../db/context.ts";
import { enqueueWork, findWorkResult, type Jobs, type WorkHandler } from "../../jobs/index.ts";
import { must, PaveError } from "../../kernel/pave-error.ts";
import { sleep } from "../../kernel/time.ts";
import type { Components } from "../components/index.ts";
import { type ConnectionRow, findConnectionById } from "./connections-store.ts";
import type { Connections } from "./create-connections.ts";

export const connectionCheckOwner = "connection-check";
const reader = "pave/read-connection@1";
const limitMs = 40_000;
const patienceMs = 60_000;

/** Reaches a connection, signs in and reads one row, in a runner: what counts is what steps would meet. */
export async function checkConnection(
  ctx: Ctx,
  jobs: Pick<Jobs, "requestCancel">,
  connection: ConnectionRow,
  signal?: AbortSignal,
): Promise<ConnectionCheck> {
  const workId = await enqueueWork(ctx, {
    ...{ ownerKind: connectionCheckOwner, ownerId: connection.id, projectId: connection.projectId },
    payload: { kind: "command" },
  });
  const deadline = performance.now() + patienceMs;
  while (performance.now() < deadline && !signal?.aborted) {
    const result = await findWorkResult(ctx, workId);
    const found = connectionCheckSchema.safeParse(result?.outputs[0]?.metadata);
    if (found.success) return found.data;
    if (result)
      return {
        ok: false,
        kind: "other",
        message: result.message ?? "the check ended without a result",
        fix: "Try again",
      };
    await sleep(100, signal);
  }
  await jobs.requestCancel(ctx, workId);
  throw new PaveError(
    "connection.failed",
    `connection ${connection.name} was not checked within ${patienceMs / 1000} s`,
    {
      fix: "Check with `pave doctor` that a runner is up",
    },
  );
}

/** How a runner gets it. Its end needs no handling: whoever asked is waiting for the row. */
export function connectionCheckWork(
  components: Pick<Components, "resolveComponent">,
  connections: Pick<Connections, "environmentOf">,
): WorkHandler {
  return {
    async prepare(ctx, work): Promise<CommandWork> {
      const { builtin, spec } = await components.resolveComponent(ctx, reader, { files: [] });
      return {
        ...{ kind: "command", attempt: 1, project: "", run: work.ownerId, step: "check" },
        ...{
          command: ["node", "check.ts"],
          code: [],
          builtin,
          inputs: {},
          params: {},
          python: null,
          env: {},
          token: "",
        },
        takesSecrets: true,
        outputs: { result: { type: "report", format: "json", required: true } },
        limits: { timeoutMs: limitMs, memoryBytes: 512 * 2 ** 20, cpu: spec.requests.cpu ?? null },
      };
    },
    secrets: async (ctx, work) =>
      connections.environmentOf(ctx, must(await findConnectionById(ctx, work.ownerId), "the connection to be checked")),
    finished: async () => undefined,
  };
}
