import { chmod, chown, constants, copyFile, mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type CommandWork, maxBlobBytes, type RemoteFile } from "@pave/contract";
import { exists } from "../drivers/process/reachable.ts";
import { describeBytes } from "../kernel/time.ts";
import type { Attempt } from "./attempt/attempt.ts";
import { AttemptError } from "./attempt/attempt-error.ts";
import { removeFolder } from "./attempt/janitor.ts";
import type { SupervisedCommand } from "./attempt/supervise.ts";
import { linkOrCopy } from "./blob-cache.ts";
import type { Host } from "./host.ts";
import { resolveCommand } from "./resolve-command.ts";
import { joinInside } from "./safe-path.ts";
import { stepEnvironment } from "./step-environment.ts";
import { takeSecrets } from "./take-secrets.ts";

const maxOutputFiles = 10_000;

/** Lays out the attempt's folder and says what to run in it. May be done again over what an earlier try left. */
export async function prepareCommand(host: Host, attempt: Attempt, work: CommandWork): Promise<SupervisedCommand> {
  const { uid } = attempt;
  const environment = work.python ? await host.environments.ensure(host, attempt, work.python) : null;
  const places = await makeFolders(host, attempt);
  const inputs = await placeInputs(host, attempt, work);
  const cwd = await placeCode(host, attempt, work, places.code);
  const input = join(attempt.folder.given, "input.json");
  await writeInput(input, work, inputs);

  const path = [
    ...(environment ? [join(environment.path, "bin")] : []),
    host.runtime.bin,
    "/usr/local/bin",
    "/usr/bin",
    "/bin",
  ];
  const python = async () => environment?.interpreter ?? (await host.interpreters.forSteps());
  const command = await resolveCommand(await inPlace(host, work), { node: host.runtime.node, python, cwd, path });
  const readOnly = [
    attempt.folder.given,
    ...host.runtime.visible,
    ...(environment ? [environment.path] : []),
    ...host.interpreters.prefixes(),
  ];
  const place = {
    step: attempt.folder.step,
    input,
    output: places.output,
    path,
    virtualEnvironment: environment?.path ?? null,
  };
  const secrets = work.takesSecrets ? { secrets: await takeSecrets(host, attempt) } : {};
  return {
    ...secrets,
    command: host.isolation.wrap(command, { cwd, readOnly, writable: [attempt.folder.step] }),
    cwd,
    env: stepEnvironment(work, place, host.apiUrl),
    uid,
    ownsUid: uid !== null,
    timeoutMs: work.limits.timeoutMs,
    memoryBytes: work.limits.memoryBytes,
    fileBytes: host.stepDiskBytes,
    disk: { folder: attempt.folder.step, maxBytes: host.stepDiskBytes },
    log: attempt.folder.log,
    stdout: null,
    outputs: {
      folder: places.output,
      maxFiles: maxOutputFiles,
      maxFileBytes: maxBlobBytes,
      maxBytes: host.stepDiskBytes,
    },
    closeFolder: attempt.folder.path,
  };
}

/**
 * Others pass the attempt's folder by its group alone, which only this attempt has. What was given belongs to the
 * runner, so the step can read but not write it.
 */
export async function makeFolders(host: Host, attempt: Attempt): Promise<{ code: string; output: string }> {
  const { folder, uid } = attempt;
  const own = ["code", "output", "home", "tmp"].map((name) => join(folder.step, name));
  for (const path of [folder.given, folder.step]) if (await exists(path)) await removeFolder(host, path);
  await mkdir(folder.given, { mode: 0o755 });
  for (const path of [folder.step, ...own]) await mkdir(path, { mode: 0o700 });
  if (uid !== null) {
    for (const path of [folder.path, folder.given]) await chown(path, 0, uid);
    await chmod(folder.path, 0o710);
    await chmod(folder.given, 0o750);
    for (const path of [folder.step, ...own]) await chown(path, uid, uid);
  }
  return { code: join(folder.step, "code"), output: join(folder.step, "output") };
}

/** Port to the path that the step is told: the file of an artifact of one file, otherwise the folder. */
async function placeInputs(host: Host, attempt: Attempt, work: CommandWork): Promise<Record<string, string>> {
  const paths: Record<string, string> = {};
  const files = Object.values(work.inputs).flatMap((input) => input.files);
  const bytes = files.reduce((sum, file) => sum + file.size, 0);
  if (files.length > 0) attempt.setProgress("preparing", `fetching inputs (${describeBytes(bytes)})`);
  for (const [port, { files }] of Object.entries(work.inputs)) {
    const folder = joinInside(join(attempt.folder.given, "inputs"), port);
    await openFolder(folder);
    for (const file of files) {
      const target = joinInside(folder, file.path);
      if (dirname(target) !== folder) await openFolder(dirname(target));
      await linkOrCopy(await host.cache.fetch(file, preparing(attempt)), target);
    }
    const [only] = files;
    paths[port] = files.length === 1 && only ? joinInside(folder, only.path) : folder;
  }
  return paths;
}

/** The working folder: a built-in component's own, read-only; otherwise a copy of code that the step may write to. */
async function placeCode(host: Host, attempt: Attempt, work: CommandWork, folder: string): Promise<string> {
  if (work.builtin !== null && work.code.length === 0) return builtinFolder(host, work.builtin);
  for (const file of work.code) await placeCodeFile(host, attempt, folder, file);
  return folder;
}

async function placeCodeFile(host: Host, attempt: Attempt, folder: string, file: RemoteFile): Promise<void> {
  const target = joinInside(folder, file.path);
  await makeOwned(folder, dirname(target), attempt.uid);
  await copyFile(await host.cache.fetch(file, preparing(attempt)), target, constants.COPYFILE_FICLONE);
  await chmod(target, file.executable ? 0o755 : 0o644);
  if (attempt.uid !== null) await chown(target, attempt.uid, attempt.uid);
}

/** `${component}` is the folder of a built-in component, whose command may run elsewhere. */
async function inPlace(host: Host, { command, builtin }: CommandWork): Promise<readonly string[]> {
  const place = /\$\{component\}/g;
  if (builtin === null || !command.some((part) => part.search(place) >= 0)) return command;
  const folder = await builtinFolder(host, builtin);
  return command.map((part) => part.replace(place, () => folder));
}

async function builtinFolder(host: Host, builtin: string): Promise<string> {
  const name = builtin.replace(/^pave\//, "");
  const folder = joinInside(join(host.runtime.builtins, "components"), name);
  if (await exists(folder)) return folder;
  throw new AttemptError(
    "infra",
    `${builtin}: this runner has no such built-in component; it may be older than the server: restart it`,
  );
}

async function writeInput(path: string, work: CommandWork, paths: Record<string, string>): Promise<void> {
  const inputs = Object.entries(work.inputs).map(([port, { type, format, digest, metadata }]) => [
    port,
    { type, ...withFormat(format), path: paths[port], digest, metadata },
  ]);
  const outputs = Object.entries(work.outputs).map(([port, { type, format }]) => [
    port,
    { type, ...withFormat(format) },
  ]);
  const input = {
    apiVersion: "pave/v1",
    project: work.project,
    run: work.run,
    step: work.step,
    attempt: work.attempt,
    inputs: Object.fromEntries(inputs),
    params: work.params,
    outputs: Object.fromEntries(outputs),
  };
  await writeFile(path, `${JSON.stringify(input, null, 1)}\n`);
  await chmod(path, 0o444);
}

const withFormat = (format: string | null) => (format === null ? {} : { format });

/** A fetch before the start ends when the attempt is cancelled or let go. */
const preparing = (attempt: Attempt): AbortSignal => AbortSignal.any([attempt.cancelled, attempt.left]);

async function openFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true });
  await chmod(path, 0o755);
}

/** Makes `path` and what is between it and `top`, all owned by the step. */
async function makeOwned(top: string, path: string, uid: number | null): Promise<void> {
  if (path === top || (await exists(path))) return;
  await makeOwned(top, dirname(path), uid);
  await mkdir(path, { mode: 0o755 });
  if (uid !== null) await chown(path, uid, uid);
}
