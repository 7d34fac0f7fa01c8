import { counted, type FileEntry, routes, type Validation } from "@pave/contract";
import type { GitState } from "@pave/contract/checkout";
import { api } from "../../lib/api.ts";
import { BrowserError } from "../../lib/browser-error.ts";
import { uploadFile } from "./upload-file.ts";

/** A file as it will be in the revision; what the page wrote itself is no `File`. */
export interface SentFile {
  readonly path: string;
  readonly content: Blob;
  readonly executable: boolean;
}

export interface SendFolder {
  readonly project: string;
  readonly files: readonly SentFile[];
  readonly git: GitState | null;
  readonly signal: AbortSignal;
  onProgress(progress: SendProgress): void;
}

export interface SendProgress {
  readonly text: string;
  /** 0 to 1. */
  readonly share: number;
}

/** Uploads what the platform lacks, has it checked, and gives the number of the revision that is then made of it. */
export async function sendFolder(folder: SendFolder): Promise<number> {
  const { project, git } = folder;
  const params = { project };
  const files = await hashAll(folder);
  let check = await api.validateFiles({ params, body: { files } }, folder);
  if (check.validation === null) {
    await uploadAll(folder, files, check.missing);
    check = await api.validateFiles({ params, body: { files } }, folder);
  }
  if (check.validation === null) throw changed("A file");
  if (!check.validation.ok) throw findingsOf(check.validation.problems);
  folder.onProgress({ text: "Making the revision…", share: 1 });
  const { revision } = await api.pushRevision({ params, body: { files, git, message: "" } }, folder);
  if (revision === null) throw changed("A file");
  return revision.number;
}

async function hashAll({ files, signal, onProgress }: SendFolder): Promise<FileEntry[]> {
  const entries: FileEntry[] = [];
  const tell = sparingly(onProgress);
  for (const { path, content, executable } of files) {
    signal.throwIfAborted();
    tell({ text: `Reading ${path}`, share: entries.length / files.length });
    const bytes = await content.arrayBuffer().catch(() => {
      throw changed(path);
    });
    const digest = [...new Uint8Array(await crypto.subtle.digest("SHA-256", bytes))]
      .map((byte) => byte.toString(16).padStart(2, "0"))
      .join("");
    entries.push({ path, digest: `sha256:${digest}`, size: bytes.byteLength, executable });
  }
  return entries;
}

/** As many at a time: small files are a matter of round trips. */
const atATime = 4;

async function uploadAll(folder: SendFolder, entries: readonly FileEntry[], missing: readonly string[]): Promise<void> {
  const contents = new Map(entries.map(({ digest }, index) => [digest, folder.files[index]]));
  const waiting = missing.flatMap((digest) => {
    const file = contents.get(digest);
    return file ? [{ digest, ...file }] : [];
  });
  const total = waiting.reduce((sum, { content }) => sum + content.size, 0);
  const gone = new Map<string, number>();
  const tell = sparingly(folder.onProgress);
  const stop = new AbortController();
  const signal = AbortSignal.any([folder.signal, stop.signal]);
  const upload = async ({ digest, path, content }: (typeof waiting)[number]) => {
    signal.throwIfAborted();
    const onShare = (share: number) => {
      gone.set(digest, share * content.size);
      const sum = [...gone.values()].reduce((a, b) => a + b, 0);
      tell({ text: `Uploading ${counted(waiting.length, "file")}: ${path}`, share: total > 0 ? sum / total : 1 });
    };
    onShare(0);
    const params = { project: folder.project, digest };
    const sent = uploadFile(content, { route: routes.putBlob, params }, onShare);
    signal.addEventListener("abort", sent.cancel);
    await sent.done.finally(() => signal.removeEventListener("abort", sent.cancel));
  };
  const queue = waiting.values();
  const uploadNext = async () => {
    for (const one of queue) await upload(one);
  };
  try {
    await Promise.all(Array.from({ length: atATime }, uploadNext));
  } finally {
    // where one has failed the others go no further
    stop.abort();
  }
}

/** A page that is drawn anew for each of thousands of files is slower than their upload. */
function sparingly(tell: (progress: SendProgress) => void): (progress: SendProgress) => void {
  let last = Number.NEGATIVE_INFINITY;
  return (progress) => {
    if (performance.now() - last < 100) return;
    last = performance.now();
    tell(progress);
  };
}

const changed = (what: string) =>
  new BrowserError(`${what} was changed since the folder was chosen`, { fix: "Choose the folder again." });

const findingsOf = (problems: Validation["problems"]) =>
  new BrowserError(`The check of pave.yaml has ${counted(problems.length, "finding")}`, {
    // where the file is not named it is pave.yaml
    problems: problems.map(({ path, message, ...where }) => ({
      ...where,
      message: path === undefined || path === "pave.yaml" ? message : `${path}: ${message}`,
    })),
    fix: "Correct it in the checkout, then choose the folder again.",
  });
