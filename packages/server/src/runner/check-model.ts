import { chmod, mkdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import {
  type CheckModelWork,
  failedModelCheck,
  type ModelCheck,
  modelCheckSchema,
  type PythonRequest,
} from "@pave/contract";
import { describeBytes } from "../kernel/time.ts";
import type { Attempt } from "./attempt/attempt.ts";
import { AttemptError } from "./attempt/attempt-error.ts";
import { readJson, writeJson } from "./attempt/attempt-folder.ts";
import { describeDuration, type ExitReport, lastWords } from "./attempt/exit-report.ts";
import type { SupervisedCommand } from "./attempt/supervise.ts";
import { linkOrCopy } from "./blob-cache.ts";
import { boundedCheck } from "./bounded-check.ts";
import { boundAttempt } from "./bounds.ts";
import type { Host } from "./host.ts";
import { runSupervised } from "./perform-command.ts";
import type { Answer } from "./perform-work.ts";
import { makeFolders } from "./prepare-command.ts";
import { workerCommand, workerEnvironment, workerVisible } from "./python-model/python-view.ts";
import { isPythonModel, recordedEnvironment } from "./python-model/recorded-environment.ts";
import { joinInside } from "./safe-path.ts";

/**
 * Loads and scores a model as the gateway would, in a process that is as far away as a step. A model that crashes,
 * hangs or eats the memory is a finding about the model; the work itself succeeds.
 */
export async function checkModelWork(host: Host, attempt: Attempt, work: CheckModelWork): Promise<Answer> {
  let exit: ExitReport;
  try {
    exit = await runSupervised(host, attempt, () => prepareCheck(host, attempt, work));
  } catch (error) {
    if (!(error instanceof AttemptError) || error.reason !== "environment") throw error;
    const problem = `the environment recorded in the model cannot be built: ${error.message}`;
    return { outcome: "succeeded", check: failedModelCheck(problem, null) };
  }
  if (exit.reason === "cancelled") return cancelledOr(attempt);
  if (exit.reason === "start") throw new AttemptError("infra", exit.message ?? "the check could not be started");
  const said = await readCheck(attempt);
  const check = said ? boundedCheck(said, work) : failedModelCheck(describeEnd(exit, work), exit.peakMemoryBytes);
  const python = await readJson<PythonRequest>(pythonFile(attempt));
  return { outcome: "succeeded", check: python ? { ...check, python } : check };
}

/** The locked environment that the check ran in; missing where the gateway's own runtime was asked. */
const pythonFile = (attempt: Attempt): string => join(attempt.folder.path, "python.json");

const answerFile = (attempt: Attempt): string => join(attempt.folder.path, "check.json");

async function prepareCheck(host: Host, attempt: Attempt, work: CheckModelWork): Promise<SupervisedCommand> {
  const { uid, folder } = attempt;
  await makeFolders(host, attempt);
  const model = join(folder.given, "model");
  await openFolder(model);
  for (const file of work.files) {
    const target = joinInside(model, file.path);
    if (dirname(target) !== model) await openFolder(dirname(target));
    await linkOrCopy(await host.cache.fetch(file, AbortSignal.any([attempt.cancelled, attempt.left])), target);
  }
  const { command, env, visible } = (await isPythonModel(model))
    ? await pythonCheck(host, attempt, model)
    : nodeCheck(host, attempt, model);
  const { groups, isolation } = await boundAttempt(host, attempt.workId, {
    network: "none",
    memoryBytes: work.memoryBytes,
    cpus: null,
  });
  await attempt.update({ isolation });
  const isClosed = isolation.network === "none";
  const ownNetwork = isClosed && host.isolation.networkBy === "bwrap";
  const view = { cwd: folder.step, readOnly: [folder.given, ...visible], writable: [folder.step], ownNetwork };
  return {
    command: host.isolation.wrap(command, view),
    cwd: folder.step,
    env,
    network: !isClosed,
    makesNetwork: isClosed && host.isolation.networkBy === "root",
    door: null,
    wrapped: host.isolation.isWrapped,
    groups,
    uid,
    ownsUid: uid !== null,
    timeoutMs: work.timeoutMs,
    memoryBytes: isolation.memory.by === "cgroup" ? null : work.memoryBytes,
    fileBytes: 16 * 2 ** 20,
    disk: { folder: folder.step, maxBytes: 64 * 2 ** 20 },
    log: folder.log,
    stdout: answerFile(attempt),
    outputs: null,
    closeFolder: folder.path,
  };
}

interface CheckCommand {
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly visible: readonly string[];
}

function nodeCheck(host: Host, { folder }: Attempt, model: string): CheckCommand {
  const { node, checkModel, visible } = host.runtime;
  const [home, temporary] = [join(folder.step, "home"), join(folder.step, "tmp")];
  const env = { LANG: "C.UTF-8", PATH: "/usr/bin:/bin", HOME: home, TMPDIR: temporary };
  return { command: [node, checkModel, model], env, visible };
}

/** Locked here, once: what serves the model later is what scored it. */
async function pythonCheck(host: Host, attempt: Attempt, model: string): Promise<CheckCommand> {
  const request = await host.environments.lock(host, attempt, await recordedEnvironment(model));
  const python = await host.environments.ensure(host, attempt, request);
  await writeJson(pythonFile(attempt), request);
  return {
    command: workerCommand(host, python, ["check", model]),
    env: workerEnvironment(python, attempt.folder.step),
    visible: workerVisible(host, python),
  };
}

/** The last line of what the check printed; undefined when it did not get that far. */
async function readCheck(attempt: Attempt): Promise<ModelCheck | undefined> {
  const text = await readFile(answerFile(attempt), "utf8").catch(() => "");
  try {
    return modelCheckSchema.parse(JSON.parse(text.trim().split("\n").at(-1) ?? ""));
  } catch {
    return undefined;
  }
}

function cancelledOr(attempt: Attempt): Answer {
  if (attempt.cancelled.aborted) return { outcome: "cancelled", reason: "cancelled", message: "cancelled" };
  throw new AttemptError("infra", "the check was stopped together with the platform");
}

function describeEnd(exit: ExitReport, work: CheckModelWork): string {
  if (exit.reason === "timeout")
    return `scoring did not end within ${describeDuration(work.timeoutMs)}; the model may loop without end or be too slow to serve`;
  if (exit.reason === "disk-limit" || exit.reason === "disk-full")
    return `scoring the model wrote ${describeBytes(exit.diskBytes)} to the disk; a model only reads`;
  if (exit.reason === "oom") return `the model needs more than ${describeBytes(work.memoryBytes)} of memory`;
  const how = exit.signal ? `was ended by ${exit.signal}` : `ended with code ${exit.exitCode}`;
  const words = lastWords(exit.stderrTail).split("\n").at(-1)?.slice(0, 200);
  return `the process that scored the model ${how}${words ? ` (${words})` : ""}`;
}

async function openFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true });
  await chmod(path, 0o755);
}
