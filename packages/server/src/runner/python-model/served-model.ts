/*
 * One model of Python that a gateway on this machine wants served:
 *
 *     starting ──environment there, process started──> started ──ends──> starting, with growing pauses
 *        └── the environment cannot be built, or it ended three times: failed, and goes on being tried
 *
 * The process runs under a supervisor, as steps do, and outlives this runner: the next one finds it. It replaces itself
 * when a run is past its deadline (python/pave_worker/watchdog.py) and ends when nobody watches it.
 */
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { HostedModel, WantedModel } from "@pave/contract";
import type { Logger } from "../../kernel/logger.ts";
import { messageOf } from "../../kernel/pave-error.ts";
import { backoffMs } from "../../kernel/retry.ts";
import { sleep } from "../../kernel/time.ts";
import { Attempt } from "../attempt/attempt.ts";
import { AttemptError, AttemptLeft } from "../attempt/attempt-error.ts";
import { type AttemptFolder, type AttemptState, readJson, writeJson } from "../attempt/attempt-folder.ts";
import { lastWords } from "../attempt/exit-report.ts";
import { removeAttempt } from "../attempt/janitor.ts";
import {
  isStarted,
  type SupervisedCommand,
  startSupervised,
  stopSupervised,
  waitForExit,
} from "../attempt/supervise.ts";
import { boundAttempt } from "../bounds.ts";
import type { Host } from "../host.ts";
import { makeFolders } from "../prepare-command.ts";
import { copyModel, makeSocketFolder, removeSocketFolder } from "./place-model.ts";
import { workerCommand, workerEnvironment, workerVisible } from "./python-view.ts";

/** A worker may hold on to a version that was replaced for so long; then it is stopped whoever is connected. */
const drainMs = 11 * 60_000;
const endsBeforeFailed = 3;
const againMs = 30_000;
const foreverMs = 10 * 365 * 24 * 3_600_000;
/** Of the watchdog, and of what the model starts beside itself. */
const besideBytes = 512 * 2 ** 20;
/** It computes with one thread; a second one is for what Python does beside. */
const servingCpus = 2;

export interface ServedModelOptions {
  readonly host: Host;
  readonly key: string;
  readonly folder: AttemptFolder;
  readonly log: Logger;
  /** Its state is another. */
  readonly onChange: () => void;
  /** It is not wanted and all of it is gone. */
  readonly onOver: () => void;
}

export class ServedModel {
  readonly #options: ServedModelOptions;
  readonly #leaving = new AbortController();
  #wanted: WantedModel | undefined;
  #unwantedAt: number | undefined = performance.now();
  #state: Omit<HostedModel, "type" | "releaseId"> = { state: "starting", socket: null, error: null };
  #attempt: Attempt | undefined;
  #living: Promise<void> | undefined;
  #woken = Promise.withResolvers<void>();

  constructor(options: ServedModelOptions) {
    this.#options = options;
  }

  get state(): Omit<HostedModel, "type" | "releaseId"> {
    return { ...this.#state, isolation: this.#attempt?.isolation ?? null };
  }

  /** By some gateway; undefined: by none any more. */
  want(model: WantedModel | undefined): void {
    this.#wanted = model;
    this.#unwantedAt = model ? undefined : (this.#unwantedAt ?? performance.now());
    this.#woken.resolve();
    this.#living ??= this.#live().catch((error: unknown) => this.#liveAgain(error));
  }

  /** What keeps it from living at all, such as a full disk, may pass. */
  async #liveAgain(error: unknown): Promise<void> {
    const { signal } = this.#leaving;
    if (signal.aborted) return;
    this.#options.log.error({ error: messageOf(error) }, "a served model could not be looked after; trying again");
    this.#set({ state: "failed", socket: null, error: messageOf(error) });
    await sleep(againMs, signal);
    if (!signal.aborted) await this.#live().catch((error: unknown) => this.#liveAgain(error));
  }

  /** The runner ends; the process goes on. */
  async leave(): Promise<void> {
    this.#leaving.abort();
    this.#woken.resolve();
    await this.#living;
  }

  async #live(): Promise<void> {
    const { host, folder, key, onOver } = this.#options;
    const { signal } = this.#leaving;
    const attempt = await this.#open();
    this.#attempt = attempt;
    signal.addEventListener("abort", () => attempt.leave(), { once: true });
    const watching = setInterval(
      () =>
        void this.#stopIfUnwanted().catch((error: unknown) =>
          this.#options.log.warn({ error: messageOf(error) }, "a served model could not be stopped"),
        ),
      10_000,
    );
    let ends = 0;
    while (!signal.aborted) {
      try {
        const isRunning = await isStarted(folder.supervisor);
        if (!isRunning && !this.#wanted) break;
        if (!isRunning) await this.#start(attempt, this.#wanted);
        const startedAt = performance.now();
        await this.#started(attempt);
        const problem = await this.#end(attempt);
        if (problem === undefined) ends = 0;
        else ends = performance.now() - startedAt > 60_000 ? 1 : ends + 1;
        if (problem !== undefined && ends >= endsBeforeFailed)
          this.#set({ state: "failed", socket: null, error: problem });
      } catch (error) {
        if (error instanceof AttemptLeft || signal.aborted) break;
        ends += 1;
        this.#set({ state: "failed", socket: null, error: sentenceOf(error) });
      }
      this.#woken = Promise.withResolvers();
      if (this.#wanted)
        await Promise.race([sleep(backoffMs(ends + 1, { baseMs: 100, maxMs: 30_000 }), signal), this.#woken.promise]);
    }
    clearInterval(watching);
    if (signal.aborted) return;
    await removeSocketFolder(host, key);
    await removeAttempt(host, attempt).catch((error: unknown) =>
      this.#options.log.warn({ error: messageOf(error) }, "the folder of a served model could not be removed"),
    );
    onOver();
  }

  /** The folder and the user of an earlier runner's process, or new ones. */
  async #open(): Promise<Attempt> {
    const { host, folder, key, log } = this.#options;
    await mkdir(folder.path, { recursive: true, mode: 0o700 });
    const earlier = await readJson<AttemptState>(folder.state);
    const uid = earlier ? earlier.uid : await host.isolation.reserveUid(folder.path);
    const state = { ...earlier, fence: 0, uid, startedAt: null };
    await writeJson(folder.state, state);
    const payload = { kind: "check-model" as const, files: [], timeoutMs: 0, memoryBytes: 0 };
    return new Attempt({ workId: key, folder, state, payload }, log);
  }

  async #start(attempt: Attempt, wanted: WantedModel | undefined): Promise<void> {
    if (!wanted) return;
    this.#set({
      state: this.#state.state === "failed" ? "failed" : "starting",
      socket: null,
      error: this.#state.error,
    });
    await rm(attempt.folder.environment, { recursive: true, force: true });
    const command = await this.#prepare(attempt, wanted);
    await startSupervised(this.#options.host, attempt.folder.supervisor, command);
  }

  async #prepare(attempt: Attempt, wanted: WantedModel): Promise<SupervisedCommand> {
    const { host, key } = this.#options;
    const { folder, uid } = attempt;
    const python = await host.environments.ensure(host, attempt, wanted.python);
    await makeFolders(host, attempt);
    const model = join(folder.given, "model");
    await copyModel(wanted.folder, model);
    const sockets = await makeSocketFolder(host, key, uid);
    const args = ["serve", model, join(sockets, "s"), String(wanted.memoryBytes), String(wanted.startSeconds)];
    const readOnly = [folder.given, ...workerVisible(host, python)];
    const memoryBytes = wanted.memoryBytes + besideBytes;
    const { groups, isolation } = await boundAttempt(host, key, { network: "none", memoryBytes, cpus: servingCpus });
    await attempt.update({ isolation });
    const isClosed = isolation.network === "none";
    const ownNetwork = isClosed && host.isolation.networkBy === "bwrap";
    const view = { cwd: folder.step, readOnly, writable: [folder.step, sockets], ownNetwork };
    return {
      command: host.isolation.wrap(workerCommand(host, python, args), view),
      cwd: folder.step,
      env: workerEnvironment(python, folder.step),
      uid,
      ownsUid: uid !== null,
      network: !isClosed,
      makesNetwork: isClosed && host.isolation.networkBy === "root",
      door: null,
      wrapped: host.isolation.isWrapped,
      groups,
      timeoutMs: foreverMs,
      memoryBytes: isolation.memory.by === "cgroup" ? null : memoryBytes,
      fileBytes: 256 * 2 ** 20,
      disk: { folder: folder.step, maxBytes: 2 ** 30 },
      log: folder.log,
      stdout: null,
      outputs: null,
      closeFolder: null,
    };
  }

  async #started(attempt: Attempt): Promise<void> {
    const { host, key } = this.#options;
    const socket = join(await makeSocketFolder(host, key, attempt.uid), "s");
    if (this.#state.state !== "failed") this.#set({ state: "started", socket, error: null });
    // one that failed before counts as well when it has lived for a moment: the gateway sees whether it loads
    else this.#set({ ...this.#state, socket });
  }

  /** Waits for the end of the process. Why it was none that was asked for. */
  async #end(attempt: Attempt): Promise<string | undefined> {
    const { host, folder, log } = this.#options;
    const exit = await waitForExit(host, folder.supervisor, attempt);
    await rm(folder.supervisor, { recursive: true, force: true });
    if (exit?.exitCode === 0 && exit.reason === null) return undefined;
    const said = exit ? lastWords(exit.stderrTail).split("\n").at(-1)?.slice(0, 300) : undefined;
    const how =
      exit?.reason === "oom"
        ? "it needed more memory than its release may take"
        : exit?.reason === "disk-limit" || exit?.reason === "disk-full"
          ? "it filled the disk; a model only reads"
          : said || `it ended with ${exit?.signal ?? `code ${exit?.exitCode ?? "unknown"}`}`;
    log.error({ problem: how }, "the process of a model of Python ended");
    return how;
  }

  async #stopIfUnwanted(): Promise<void> {
    if (this.#unwantedAt !== undefined && performance.now() - this.#unwantedAt > drainMs)
      await stopSupervised(this.#options.folder.supervisor);
  }

  #set(state: Omit<HostedModel, "type" | "releaseId">) {
    this.#state = state;
    this.#options.onChange();
  }
}

function sentenceOf(error: unknown): string {
  if (error instanceof AttemptError && error.reason === "environment")
    return `the environment recorded in the model cannot be built: ${error.message}`;
  return messageOf(error);
}
