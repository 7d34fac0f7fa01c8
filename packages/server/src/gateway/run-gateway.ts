/**
 * The gateway's supervisor process: follows the api's config, keeps models on local disk, runs the workers that answer
 * callers and the processes of models that are too slow or large for them, and reports what they counted. Nothing here is in the way of an answer: with the api and the database gone,
 * workers go on with what they hold.
 */
import { availableParallelism } from "node:os";
import { type CertificateFiles, readCertificate, watchCertificate } from "../drivers/tls/index.ts";
import type { Logger } from "../kernel/logger.ts";
import { messageOf } from "../kernel/pave-error.ts";
import { waitAtMost } from "../kernel/time.ts";
import { ApiClient, type ApiConnection } from "./supervisor/api-client.ts";
import { ConfigSync } from "./supervisor/config-sync.ts";
import { type GatewayStatus, openControlSocket } from "./supervisor/control-socket.ts";
import { controlSocketPath, type DataFolder, gatewayIdOf, openDataFolder } from "./supervisor/data-folder.ts";
import { GatewayMetrics } from "./supervisor/gateway-metrics.ts";
import { gatewayCodeVersion } from "./supervisor/gateway-version.ts";
import { ModelCache } from "./supervisor/model-cache.ts";
import { ModelProcesses } from "./supervisor/model-processes.ts";
import { ProfileFiles } from "./supervisor/profile-files.ts";
import { PythonProcesses } from "./supervisor/python-processes.ts";
import { ReleasePreparer } from "./supervisor/release-preparer.ts";
import { apartReleases, type Processes, releaseStatuses, workerRoutes } from "./supervisor/release-views.ts";
import { Reporter } from "./supervisor/reporter.ts";
import { RequestLogSender } from "./supervisor/request-log-sender.ts";
import { RequestLogSpool } from "./supervisor/request-log-spool.ts";
import { WindowSpool } from "./supervisor/window-spool.ts";
import { WorkerPool } from "./supervisor/worker-pool.ts";

export interface GatewayOptions {
  /** Where the api is; undefined when it will be told over the control socket, and serves until then what it has on disk. */
  readonly api: ApiConnection | undefined;
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** Without it the gateway speaks plain HTTP. */
  readonly tls?: CertificateFiles | undefined;
  /** Everything of the gateway is below `<dataFolder>/gateway`. */
  readonly dataFolder: string;
  /** One per core by default, at most two. */
  readonly workers?: number;
  /** A worker that does not answer its supervisor for so long gets killed and replaced; 10 by default. */
  readonly stuckAfterSeconds?: number;
  readonly log: Logger;
  /** Stops the gateway: what was asked is answered, what was counted is kept. */
  readonly signal: AbortSignal;
}

export interface RunningGateway {
  readonly port: number;
  status(): GatewayStatus;
  stop(): void;
  /** Resolves when all of it has ended. */
  readonly stopped: Promise<void>;
}

/** Resolves when the gateway was told to stop and all of it has ended. */
export async function runGateway(options: GatewayOptions): Promise<void> {
  const gateway = await startGateway(options);
  await gateway.stopped;
}

/** Resolves when callers are answered, be it with the config and models of an earlier process. */
export async function startGateway(options: GatewayOptions): Promise<RunningGateway> {
  const gateway = new Gateway(options, await openDataFolder(options.dataFolder));
  await gateway.start();
  return gateway;
}

/** Models that are on disk already take no longer; others are waited for while workers start. */
const startWithoutModelsMs = 5000;

class Gateway implements RunningGateway {
  readonly #options: GatewayOptions;
  readonly #folder: DataFolder;
  readonly #stopping = new AbortController();
  readonly #startedAt = new Date().toISOString();
  readonly #api: ApiClient;
  readonly #cache: ModelCache;
  readonly #spool: WindowSpool;
  readonly #requestLog: RequestLogSpool;
  readonly #preparer: ReleasePreparer;
  readonly #profiles: ProfileFiles;
  readonly #sync: ConfigSync;
  readonly #models: ModelProcesses;
  readonly #pythons: PythonProcesses;
  readonly #processes: Processes;
  readonly #pool: WorkerPool;
  readonly #metrics = new GatewayMetrics();
  #reporter: Reporter | undefined;
  port: number;
  stopped: Promise<void> = Promise.resolve();

  constructor(options: GatewayOptions, folder: DataFolder) {
    const { host, port, log, workers = Math.min(2, availableParallelism()), stuckAfterSeconds = 10 } = options;
    const signal = AbortSignal.any([options.signal, this.#stopping.signal]);
    this.#options = { ...options, signal };
    this.#folder = folder;
    this.port = port;
    this.#api = new ApiClient(options.api);
    this.#cache = new ModelCache(folder, this.#api);
    this.#spool = new WindowSpool(folder, log);
    this.#requestLog = new RequestLogSpool(folder.requestLog, log);
    this.#preparer = new ReleasePreparer({
      folder,
      cache: this.#cache,
      log,
      signal,
      onChange: () => this.#applyRoutes(),
      onStaleUrls: () => this.#sync.refetch(),
    });
    this.#profiles = new ProfileFiles({ cache: this.#cache, log, signal, onChange: () => this.#applyRoutes() });
    this.#sync = new ConfigSync({
      api: this.#api,
      folder,
      log,
      signal,
      onConfig: (config) => {
        log.info({ version: config.version, endpoints: config.endpoints.length }, "config received");
        this.#applyRoutes();
        void this.#preparer.want(config);
        void this.#profiles.want(config);
      },
      onContact: (atMs) => this.#pool.noteContact(atMs),
    });
    this.#models = new ModelProcesses({
      controlSocket: controlSocketPath(options.dataFolder),
      compileCache: folder.compileCache,
      log,
      onChange: () => this.#applyRoutes(),
    });
    this.#pythons = new PythonProcesses({ dataFolder: options.dataFolder, log, onChange: () => this.#applyRoutes() });
    const processesOf = (releaseId: string) => (this.#pythons.has(releaseId) ? this.#pythons : this.#models);
    this.#processes = {
      addressOf: (releaseId) => processesOf(releaseId).addressOf(releaseId),
      stateOf: (releaseId) => processesOf(releaseId).stateOf(releaseId),
    };
    this.#pool = new WorkerPool({
      host,
      port,
      workers,
      stuckAfterSeconds,
      folders: folder,
      log,
      onLoaded: () => this.#reporter?.wake(),
      onCounters: (counters) => {
        this.#spool.add(counters);
        this.#metrics.add(this.#sync.config, counters);
      },
      onRequests: (logged) => this.#requestLog.add(logged),
      metricsText: () =>
        this.#metrics.render({
          config: this.#sync.config,
          status: this.status(),
          releases: this.#releaseStatuses(),
          windowsWaiting: this.#spool.size,
        }),
      onEnded: () => this.#metrics.countEndedWorker(),
      loadAllowance: (releaseId) => {
        const preparation = this.#preparer.stateOf(releaseId);
        return preparation.state === "prepared" ? Math.ceil(((preparation.check.loadMs ?? 0) * 5) / 1000) : 0;
      },
      onCulprit: (releaseId) => this.#preparer.markUnruly(releaseId),
    });
  }

  async start(): Promise<void> {
    const { host, log, signal, tls } = this.#options;
    if (tls) await this.#serveCertificate(tls);
    this.port = await this.#pool.listen();
    let control: { close(): Promise<void> } | undefined;
    try {
      control = await openControlSocket(this.#options.dataFolder, this);
      await Promise.all([this.#sync.load(), this.#spool.load(), this.#requestLog.load()]);
      if (this.#sync.config) {
        this.#metrics.follow(this.#sync.config);
        void this.#profiles.want(this.#sync.config);
        await waitAtMost(startWithoutModelsMs, this.#preparer.want(this.#sync.config), signal);
      }
      this.#wantProcesses();
      await this.#pool.start(this.#routes(), this.#sync.contactAtMs);
    } catch (error) {
      this.stop();
      await this.#pool.stop();
      await this.#models.stop();
      this.#pythons.stop();
      await this.#preparer.ended();
      await control?.close();
      throw error;
    }
    log.info(
      { host, port: this.port, version: gatewayCodeVersion, configVersion: this.#sync.config?.version ?? null },
      "gateway is ready",
    );
    this.stopped = this.#run(control);
  }

  async #serveCertificate(files: CertificateFiles): Promise<void> {
    const { log, signal } = this.#options;
    const current = await readCertificate(files);
    this.#pool.setCertificate(current);
    const stopWatching = watchCertificate({ files, current, log, onChange: (next) => this.#pool.setCertificate(next) });
    signal.addEventListener("abort", stopWatching, { once: true });
  }

  stop() {
    this.#stopping.abort();
  }

  /** Where the api is from now on. */
  connect(connection: ApiConnection) {
    this.#options.log.info({ apiUrl: connection.apiUrl }, "the api is somewhere else now");
    this.#api.connect(connection);
    this.#sync.refetch();
    this.#reporter?.wake();
  }

  status(): GatewayStatus {
    const { config, contactAtMs } = this.#sync;
    return {
      pid: process.pid,
      version: gatewayCodeVersion,
      startedAt: this.#startedAt,
      host: this.#options.host,
      port: this.port,
      workerCount: this.#pool.workerCount,
      tls: this.#options.tls?.certFile ?? "",
      apiUrl: this.#api.apiUrl,
      configVersion: config?.version ?? null,
      contactAt: contactAtMs > 0 ? new Date(contactAtMs).toISOString() : null,
      workers: this.#pool.status(),
      models: [...this.#models.status(), ...this.#pythons.status()],
    };
  }

  async #run(control: { close(): Promise<void> }): Promise<void> {
    const { log, signal } = this.#options;
    const reporter = new Reporter({
      api: this.#api,
      gatewayId: await gatewayIdOf(this.#folder),
      startedAt: this.#startedAt,
      spool: this.#spool,
      log,
      signal,
      state: () => ({
        configVersion: this.#sync.config?.version ?? 0,
        releases: this.#releaseStatuses(),
      }),
    });
    this.#reporter = reporter;
    const sender = new RequestLogSender({ api: this.#api, spool: this.#requestLog, log, signal });
    const closing = setInterval(() => {
      void this.#spool.close();
      void this.#requestLog.close();
    }, 1000);
    const sweeping = setInterval(() => void this.#sweep(), 600_000);
    await Promise.all([this.#sync.run(), reporter.run(), sender.run()]);

    clearInterval(closing);
    clearInterval(sweeping);
    await this.#pool.stop();
    await this.#models.stop();
    this.#pythons.stop();
    await this.#preparer.ended();
    await Promise.all([this.#spool.close(), this.#requestLog.close()]);
    await sender.sendLast().catch(() => {});
    await reporter.sendLast().catch(() => {});
    await control.close();
    log.info("gateway has stopped");
  }

  #applyRoutes() {
    if (this.#options.signal.aborted) return;
    if (this.#sync.config) this.#metrics.follow(this.#sync.config);
    this.#wantProcesses();
    this.#pool.setRoutes(this.#routes());
    this.#reporter?.wake();
  }

  #releaseStatuses() {
    return releaseStatuses(this.#sync.config, this.#preparer, this.#processes, this.#pool);
  }

  #wantProcesses() {
    const releases = apartReleases(this.#sync.config, this.#preparer);
    this.#models.want(releases.filter(({ check }) => !check.python));
    this.#pythons.want(releases.filter(({ check }) => check.python));
  }

  #routes() {
    return workerRoutes(this.#sync.config, this.#preparer, this.#processes, this.#profiles);
  }

  async #sweep(): Promise<void> {
    const releases = (this.#sync.config?.endpoints ?? [])
      .flatMap((endpoint) => endpoint.releases)
      .flatMap(({ files, profile }) => [{ files }, ...(profile ? [{ files: [profile] }] : [])]);
    await this.#cache
      .sweep(releases, Date.now())
      .catch((error: unknown) =>
        this.#options.log.warn({ error: messageOf(error) }, "old model files could not be removed"),
      );
  }
}
