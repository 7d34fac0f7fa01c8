import { Readable } from "node:stream";
import { type Client, counted, type FileEntry, type Revision, type Validation } from "@pave/contract";
import { CliError } from "../command.ts";
import type { Output } from "../output.ts";
import { gitState } from "./git-state.ts";
import { hashFiles, listProjectFiles, openProjectFile } from "./project-files.ts";

interface Folder {
  readonly project: string;
  readonly folder: string;
  readonly output: Output;
}

/** Uploads what the platform lacks of the folder's files and gives the revision; the same files give the same one. */
export async function pushRevision(client: Client, options: Folder & { message?: string }): Promise<Revision> {
  const { project, folder } = options;
  const files = await hashFiles(folder, await listProjectFiles(folder));
  const body = { files, git: await gitState(folder), message: options.message ?? "" };
  const first = await client.pushRevision({ params: { project }, body });
  if (first.revision) return first.revision;
  const progress = await upload(client, options, files, first.missing);
  const second = await client.pushRevision({ params: { project }, body });
  if (!second.revision) throw stillMissing("push");
  progress.done(`Pushed revision ${second.revision.number} (${counted(files.length, "file")})`);
  return second.revision;
}

/** Has the folder checked as it is; contents are uploaded for that, and no revision is made of them. */
export async function validateFolder(client: Client, options: Folder): Promise<Validation> {
  const { project, folder } = options;
  const files = await hashFiles(folder, await listProjectFiles(folder));
  const first = await client.validateFiles({ params: { project }, body: { files } });
  if (first.validation) return first.validation;
  const progress = await upload(client, options, files, first.missing);
  const second = await client.validateFiles({ params: { project }, body: { files } });
  if (!second.validation) throw stillMissing("validate");
  progress.done(`Uploaded ${counted(first.missing.length, "file")}`);
  return second.validation;
}

async function upload(
  client: Client,
  { project, folder, output }: Folder,
  files: readonly FileEntry[],
  missing: readonly string[],
) {
  const progress = output.progress(`Uploading ${counted(missing.length, "file")}`);
  for (const [index, digest] of missing.entries()) {
    const file = files.find((entry) => entry.digest === digest);
    if (!file) continue;
    progress.update(`Uploading ${index + 1}/${missing.length}: ${file.path}`);
    const content = (await openProjectFile(folder, file.path)).createReadStream();
    await client.putBlob(
      { params: { project, digest } },
      { bytes: Readable.toWeb(content) as ReadableStream<Uint8Array> },
    );
  }
  return progress;
}

const stillMissing = (verb: string) =>
  new CliError("The platform still lacks files after their upload", {
    fix: `The folder changed meanwhile: ${verb} again.`,
  });
