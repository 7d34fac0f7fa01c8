import type { FileEntry } from "@pave/contract";
import type { Ctx } from "../../db/context.ts";
import { fetchCommit } from "../../drivers/git/index.ts";
import { must } from "../../kernel/pave-error.ts";
import { holdBlobs } from "../artifacts/index.ts";
import type { RepositoriesDeps } from "./repositories-deps.ts";
import { type RepositoryRow, sealContext } from "./repository.ts";
import { fetchHeader } from "./status-request.ts";

const fetchTimeoutMs = 120_000;
const fetchMaxBytes = 2 * 2 ** 30;

/** The project's files of a commit, stored: what `pave push` would send from a clean checkout of it. */
export async function fetchFiles(
  deps: RepositoriesDeps,
  ctx: Ctx,
  repository: RepositoryRow,
  commit: { readonly branch: string; readonly commit: string },
): Promise<FileEntry[]> {
  const { hostname } = new URL(repository.url);
  const [address] = await deps.guard.addressesOf(hostname);
  const token =
    repository.accessToken &&
    (await deps.vault.open(repository.accessToken, sealContext(repository.id, "access-token")));
  const fetched = await fetchCommit({
    url: repository.url,
    ...commit,
    address: must(address, "the host's address"),
    header: token === null ? null : fetchHeader(repository.provider, token),
    allowHttp: deps.allowHttp || deps.guard.isListed(hostname),
    timeoutMs: deps.fetchTimeoutMs ?? fetchTimeoutMs,
    maxBytes: deps.fetchMaxBytes ?? fetchMaxBytes,
  });
  try {
    const files: FileEntry[] = [];
    for (const file of await fetched.files(repository.folder)) {
      const { digest, size } = await deps.artifacts.storeBlob(ctx, fetched.read(file));
      files.push({ path: file.path, digest, size, executable: file.executable });
    }
    await holdBlobs(ctx, repository.projectId, [...new Set(files.map(({ digest }) => digest))]);
    return files;
  } finally {
    await fetched.close();
  }
}
