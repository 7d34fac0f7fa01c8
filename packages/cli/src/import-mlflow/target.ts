import {
  ApiError,
  type CallOptions,
  type Client,
  type ClientInput,
  type ClientOutput,
  type ImportKind,
  type ImportRun,
  type routes,
} from "@pave/contract";
import { chunks } from "./at-once.ts";

type Called =
  | "importExperiment"
  | "importPoints"
  | "listImportedFiles"
  | "nameImportedFile"
  | "markRunsCopied"
  | "finishRuns"
  | "importLoggedModel"
  | "finishLoggedModel"
  | "importModel"
  | "importVersion"
  | "finishModel";
type Given<N extends Called> = Omit<ClientInput<(typeof routes)[N]>, "params">;

export interface Item {
  readonly state: "begun" | "copied" | "finished";
  readonly digest: string;
}

/** The project that is copied into. */
export interface Target {
  call<N extends Called>(name: N, given: Given<N>): Promise<ClientOutput<(typeof routes)[N]>>;
  /** How far things are, by their ids at the source; those that are nowhere are left out. */
  items(kind: ImportKind, keys: readonly string[]): Promise<ReadonlyMap<string, Item>>;
  /** Gives why runs stay out, by id. */
  putRuns(runs: readonly ImportRun[]): Promise<ReadonlyMap<string, string>>;
  putFile(file: { root: string; path: string; size?: string }, bytes: CallOptions["bytes"]): Promise<void>;
}

export interface TargetPlace {
  readonly client: Client;
  readonly project: string;
  readonly source: string;
  /** The import's id. */
  readonly id: string;
  readonly signal: AbortSignal;
}

export function createTarget({ client, project, source, id, signal }: TargetPlace): Target {
  const params = { project, import: id };
  const putRuns = async (runs: readonly ImportRun[]): Promise<Map<string, string>> => {
    if (runs.length === 0) return new Map();
    try {
      const { skipped } = await client.importRuns({ params, body: { runs: [...runs] } }, { signal });
      return new Map(skipped.map(({ runId, reason }) => [runId, reason]));
    } catch (error) {
      const reason = refusal(error);
      if (reason === undefined) throw error;
      const [only, ...others] = runs;
      if (only && others.length === 0) return new Map([[only.runId, reason]]);
      // one of them is refused: halves are, or are not
      const half = Math.ceil(runs.length / 2);
      return new Map([...(await putRuns(runs.slice(0, half))), ...(await putRuns(runs.slice(half)))]);
    }
  };
  return {
    putRuns,
    // the routes that are called this way all have the same parameters
    call: (name, given) =>
      (client[name] as (input: object, options: CallOptions) => Promise<never>)({ params, ...given }, { signal }),
    async items(kind, keys) {
      const found = new Map<string, Item>();
      for (const part of chunks(keys, 1000)) {
        const body = { source, kind, keys: part };
        const { items } = await client.findImportedItems({ params: { project }, body }, { signal });
        for (const { key, ...item } of items) found.set(key, item);
      }
      return found;
    },
    async putFile(query, bytes) {
      await client.raw("importFile", { params, query }, { ...(bytes === undefined ? {} : { bytes }), signal });
    },
  };
}

/** Why one thing is refused; undefined where it is no fault of the thing itself. */
export function refusal(error: unknown): string | undefined {
  if (!(error instanceof ApiError)) return undefined;
  const [problem] = error.body.problems ?? [];
  if (![400, 409, 413, 422].includes(error.status)) return undefined;
  return problem ? `${problem.path ?? ""} ${problem.message}`.trim() : error.message;
}
