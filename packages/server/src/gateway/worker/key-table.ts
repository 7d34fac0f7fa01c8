import { hash } from "node:crypto";
import type { GatewayKey } from "@pave/contract";
import { PaveError } from "../../kernel/pave-error.ts";

/** How long keys keep their last known state without word from the api. */
export const keysLastMs = 5 * 60_000;

/** The bearer tokens that callers may use, by hash. */
export class KeyTable {
  readonly #now: () => number;
  #byHash: ReadonlyMap<string, Key> = new Map();
  readonly #byHeader = new Map<string, Key>();
  contactAtMs = Number.NEGATIVE_INFINITY;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  replace(keys: readonly GatewayKey[]) {
    this.#byHeader.clear();
    this.#byHash = new Map(
      keys.map(({ sha256, expiresAt, endpoints, readsMetrics = false }) => [
        sha256,
        {
          expiresAtMs: expiresAt === null ? Number.POSITIVE_INFINITY : Date.parse(expiresAt),
          endpoints: endpoints === "all" ? undefined : new Set(endpoints),
          readsMetrics,
        },
      ]),
    );
  }

  /**
   * Throws 401 with the reason. A key is found by its hash, so comparing takes the same time for any guess; headers
   * that were good before are remembered, which saves a tenth of a worker's own time.
   */
  authenticate(authorization: string | undefined): Key {
    const now = this.#now();
    const known = authorization === undefined ? undefined : this.#byHeader.get(authorization);
    const key = known ?? this.#find(authorization);
    if (now - this.contactAtMs > keysLastMs) {
      throw new PaveError(
        "access.unauthenticated",
        "this gateway has not heard from Pave for over 5 minutes, so it cannot tell whether the token still counts",
        {
          fix: "start Pave again (`pave up`), or look into the network between gateway and api",
        },
      );
    }
    assertFresh(key, now);
    return key;
  }

  /**
   * Throws 401 or 403. Here a key stays good until it expires, however long the api is silent: that is when one wants to
   * see the counters, and they tell nothing that changes hands.
   */
  assertReadsMetrics(authorization: string | undefined) {
    const key = this.#find(authorization);
    assertFresh(key, this.#now());
    if (!key.readsMetrics)
      throw new PaveError("access.denied", "the token does not have the permission metrics.read", {
        fix: "make one as a platform admin: `pave tokens create prometheus --scope metrics.read`",
      });
  }

  #find(authorization: string | undefined): Key {
    if (authorization === undefined) {
      throw new PaveError("access.unauthenticated", "expected the header Authorization: Bearer <token>, found none", {
        fix: "create a token with `pave tokens create` and send it",
      });
    }
    const token = /^bearer +(\S+) *$/i.exec(authorization)?.[1];
    if (token === undefined) {
      throw new PaveError(
        "access.unauthenticated",
        "expected the header Authorization to be `Bearer <token>`, found another form",
        { fix: "send the word Bearer, a blank and the token" },
      );
    }
    const key = this.#byHash.get(hash("sha256", token, "hex"));
    if (!key)
      throw new PaveError("access.token_invalid", "the token is not known here", {
        fix: "check it for missing characters, or create a new one with `pave tokens create`",
      });
    // the same token can be written with any number of blanks
    if (this.#byHeader.size < 2 * this.#byHash.size) this.#byHeader.set(authorization, key);
    return key;
  }
}

function assertFresh(key: Key, now: number) {
  if (key.expiresAtMs > now) return;
  throw new PaveError("access.token_expired", `the token expired at ${new Date(key.expiresAtMs).toISOString()}`, {
    fix: "create a new one with `pave tokens create`",
  });
}

/** Throws 403. */
export function assertMayCall(key: Key, deploymentId: string) {
  if (key.endpoints && !key.endpoints.has(deploymentId)) {
    throw new PaveError("access.denied", "the token does not have the right to call this endpoint", {
      fix: "ask an admin of the project for a token that does",
    });
  }
}

export interface Key {
  readonly expiresAtMs: number;
  /** Undefined: all. */
  readonly endpoints: ReadonlySet<string> | undefined;
  readonly readsMetrics: boolean;
}
