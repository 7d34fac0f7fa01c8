/**
 * Which release answers at which path. New routes count at once for everything that is loaded; a release that is not
 * loaded yet gets no traffic until it is loaded and warm, and the endpoint's former stable release answers meanwhile.
 * The switch is one assignment, so a request sees the old table or the new one; requests in flight hold on to the
 * release they were given, and a release that nobody needs any more is freed after its last request.
 */
import type { GatewayLimits, RequestLogRule } from "@pave/contract";
import { messageOf } from "../../kernel/pave-error.ts";
import type { FromWorker, ReleaseState, WorkerEndpoint, WorkerRelease, WorkerRoutes } from "../worker-messages.ts";
import { closeRelease, type LoadedRelease, loadRelease } from "./loaded-release.ts";

export interface Endpoint {
  readonly deploymentId: string;
  /** `environment/project/deployment` */
  readonly path: string;
  readonly limits: GatewayLimits;
  /** Undefined: nothing is logged. */
  readonly log: RequestLogRule | undefined;
  readonly arms: readonly Arm[];
  /** What answers where no arm does; undefined when nothing is loaded. */
  readonly stable: LoadedRelease | undefined;
  /** Named by the config, whether loaded or not; failures to answer are counted for it. */
  readonly stableReleaseId: string | null;
  readonly stableModelVersion: string;
  /** Every loaded release, so that one version can be asked for by name. */
  readonly loaded: readonly LoadedRelease[];
}

interface Arm {
  /** Cumulated weight, 0 to 100. */
  readonly upTo: number;
  readonly release: LoadedRelease | undefined;
  readonly leaseUntilMs: number;
}

export class RouteTable {
  readonly #tell: (message: FromWorker) => void;
  readonly #beforeRun: (releaseId: string) => void;
  /** By `keyOf`: a release that moves into a process of its own is loaded anew. */
  readonly #loaded = new Map<string, LoadedRelease>();
  /** Of everything that was tried and is still needed. */
  readonly #states = new Map<string, ReleaseState>();
  #routes: WorkerRoutes = { configVersion: undefined, endpoints: [], keys: [] };
  #endpoints = new Map<string, Endpoint>();
  #applying: Promise<void> = Promise.resolve();

  constructor(tell: (message: FromWorker) => void, beforeRun: (releaseId: string) => void = () => {}) {
    this.#tell = tell;
    this.#beforeRun = beforeRun;
  }

  get hasConfig(): boolean {
    return this.#routes.configVersion !== undefined;
  }

  find(path: string): Endpoint | undefined {
    return this.#endpoints.get(path);
  }

  /** Resolves when everything of these routes is loaded, or found not to load. */
  apply(routes: WorkerRoutes): Promise<void> {
    this.#routes = routes;
    this.#rebuild();
    this.#applying = this.#applying.then(() => this.#loadMissing());
    return this.#applying;
  }

  async #loadMissing(): Promise<void> {
    for (let next = this.#firstMissing(); next; next = this.#firstMissing()) {
      const { endpoint, release } = next;
      const { releaseId } = release;
      const place = release.process ? { isApart: true as const } : {};
      this.#tell({ type: "loading", releaseId });
      const started = performance.now();
      try {
        this.#loaded.set(keyOf(release), await loadRelease(endpoint, release, () => this.#beforeRun(releaseId)));
        this.#states.set(keyOf(release), { releaseId, loadMs: performance.now() - started, ...place });
      } catch (error) {
        this.#states.set(keyOf(release), { releaseId, loadMs: performance.now() - started, error: messageOf(error) });
      }
      this.#rebuild();
      this.#tellStates();
    }
    this.#tellStates();
  }

  #tellStates() {
    this.#tell({ type: "releases", releases: [...this.#states.values()] });
  }

  #firstMissing() {
    for (const endpoint of this.#routes.endpoints) {
      const release = endpoint.releases.find((each) => !this.#states.has(keyOf(each)));
      if (release) return { endpoint, release };
    }
    return undefined;
  }

  #rebuild() {
    const endpoints = new Map<string, Endpoint>();
    const wanted = new Set<string>();
    const needed = new Set<LoadedRelease>();
    for (const route of this.#routes.endpoints) {
      const path = `${route.environment}/${route.project}/${route.deployment}`;
      const endpoint = this.#build(path, route);
      endpoints.set(path, endpoint);
      for (const release of route.releases) wanted.add(keyOf(release));
      if (endpoint.stable) needed.add(endpoint.stable);
    }
    this.#endpoints = endpoints;

    for (const [key, release] of this.#loaded) {
      if (wanted.has(key) || needed.has(release)) continue;
      this.#loaded.delete(key);
      this.#states.delete(key);
      closeRelease(release);
    }
    for (const key of this.#states.keys()) if (!wanted.has(key) && !this.#loaded.has(key)) this.#states.delete(key);
  }

  #build(path: string, route: WorkerEndpoint): Endpoint {
    const former = this.#endpoints.get(path)?.stable;
    const byId = new Map(route.releases.map((release) => [release.releaseId, this.#loaded.get(keyOf(release))]));
    const wanted = route.stableReleaseId === null ? undefined : byId.get(route.stableReleaseId);
    const stable = route.stableReleaseId === null ? undefined : (wanted ?? former);
    let upTo = 0;
    const arms = route.weights
      .filter(({ weight }) => weight > 0)
      .map(({ releaseId, weight, leaseUntil }): Arm => {
        upTo += weight;
        return {
          upTo,
          release: byId.get(releaseId) ?? stable,
          leaseUntilMs: leaseUntil === undefined ? Number.POSITIVE_INFINITY : Date.parse(leaseUntil),
        };
      });
    const loaded = [...byId.values()].filter((release) => release !== undefined);
    return {
      deploymentId: route.deploymentId,
      path,
      limits: route.limits,
      log: route.log,
      arms,
      stable,
      stableReleaseId: route.stableReleaseId,
      stableModelVersion: route.stableModelVersion,
      loaded,
    };
  }
}

const keyOf = ({ releaseId, process }: Pick<WorkerRelease, "releaseId" | "process">) =>
  process ? `${releaseId} ${process.socket}` : releaseId;

/** The release that answers the next request; `point` is random in [0, 100). A share without a lease goes to stable. */
export function pickRelease(
  endpoint: Pick<Endpoint, "arms" | "stable"> | undefined,
  point = Math.random() * 100,
  nowMs = Date.now(),
): LoadedRelease | undefined {
  const arm = endpoint?.arms.find(({ upTo }) => point < upTo);
  return arm && arm.leaseUntilMs > nowMs ? arm.release : endpoint?.stable;
}
