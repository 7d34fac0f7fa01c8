import type { FileEntry } from "@pave/contract";
import type { Ctx } from "../../db/context.ts";
import type { Artifacts } from "../artifacts/index.ts";
import { exampleRow, type MlModelFacts, readMlModelFacts } from "./mlmodel-facts.ts";

/** As much of a text as is read to show what a model is. */
const maxTextBytes = 512 * 1024;

type ReadFiles = Pick<Artifacts, "readBlob">;

/** Of a model whose `MLmodel` is longer, as one of some thousand columns is: it is a model all the same. */
const unread: MlModelFacts = { signature: null, exampleFile: null, flavors: [] };

/** What a folder's `MLmodel` says; undefined where there is none, or it is none. */
export async function folderFacts(
  ctx: Ctx,
  artifacts: ReadFiles,
  files: readonly FileEntry[],
): Promise<MlModelFacts | undefined> {
  const file = files.find(({ path }) => path === "MLmodel");
  if (!file) return undefined;
  return file.size > maxTextBytes ? unread : readMlModelFacts(await textOf(ctx, artifacts, file));
}

/** The first row of the example that comes with a model; null where there is none, or it is longer than is read. */
export async function folderExample(
  ctx: Ctx,
  artifacts: ReadFiles,
  files: readonly FileEntry[],
  facts: MlModelFacts | undefined,
): Promise<ReturnType<typeof exampleRow>> {
  const file = files.find(({ path }) => path === facts?.exampleFile);
  return file && file.size <= maxTextBytes ? exampleRow(await textOf(ctx, artifacts, file)) : null;
}

const textOf = async (ctx: Ctx, artifacts: ReadFiles, file: FileEntry): Promise<string> =>
  (await artifacts.readBlob(ctx, file.digest, maxTextBytes)).toString("utf8");
