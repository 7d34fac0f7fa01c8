import { Transform, type TransformCallback } from "node:stream";
import type { Ctx } from "../db/context.ts";
import type { Protocol, ProtocolRequest } from "../http/protocol.ts";
import { createMasker, type Mask } from "../kernel/masks.ts";
import { PaveError } from "../kernel/pave-error.ts";

/** What must not be seen of the secrets that the acting attempt was given; nothing for other callers. */
export type ActingMasks = (ctx: Ctx) => Promise<readonly Mask[]>;

interface ActingDeps {
  readonly actingAttempt: (ctx: Ctx) => Promise<string | undefined>;
  readonly masksOf: (ctx: Ctx, attemptId: string) => Promise<readonly Mask[]>;
}

const keptMs = 60_000;
const keptTokens = 200;

/** An attempt takes its secrets before it can say anything, so what was found for its token holds for a while. */
export function createActingMasks({ actingAttempt, masksOf }: ActingDeps): ActingMasks {
  const kept = new Map<string, { readonly until: number; readonly masks: readonly Mask[] }>();
  return async (ctx) => {
    const { grant, kind } = ctx.actor;
    if (kind !== "run" || grant === "unlimited" || grant.tokenId === null) return [];
    const now = Date.now();
    const found = kept.get(grant.tokenId);
    if (found && found.until > now) return found.masks;
    const attemptId = await actingAttempt(ctx);
    const masks = attemptId === undefined ? [] : await masksOf(ctx, attemptId);
    kept.set(grant.tokenId, { until: now + keptMs, masks });
    for (const [token, { until }] of kept) if (until <= now || kept.size > keptTokens) kept.delete(token);
    return masks;
  };
}

/**
 * The same protocol, in which an attempt says nothing of its secrets: they are masked in params, tags, metrics and
 * whatever else is text, and a file that has one in it is refused.
 */
export const maskedProtocol = (protocol: Protocol, masksOf: ActingMasks): Protocol => ({
  ...protocol,
  routes: protocol.routes.map((route) => ({
    ...route,
    async handle(ctx, request) {
      const masks = await masksOf(ctx);
      return route.handle(ctx, masks.length === 0 ? request : maskRequest(request, masks));
    },
  })),
});

function maskRequest(request: ProtocolRequest, masks: readonly Mask[]): ProtocolRequest {
  // a body is JSON: texts in it are escaped once more than they were said
  const mask = createMasker([
    ...masks,
    ...masks.map(({ name, text }) => ({ name, text: JSON.stringify(text).slice(1, -1) })),
  ]);
  const stream = request.stream.pipe(new SecretRefuser(masks));
  request.stream.on("error", (error) => stream.destroy(error));
  return {
    ...request,
    params: mask({ ...request.params }),
    query: mask(request.query),
    text: mask(request.text),
    stream,
  };
}

/** Passes bytes on until there is a secret in them. */
class SecretRefuser extends Transform {
  readonly #masks: readonly { readonly name: string; readonly bytes: Buffer }[];
  readonly #overlap: number;
  #tail: Buffer = Buffer.alloc(0);

  constructor(masks: readonly Mask[]) {
    super();
    this.#masks = masks.map(({ name, text }) => ({ name, bytes: Buffer.from(text) }));
    this.#overlap = Math.max(0, ...this.#masks.map(({ bytes }) => bytes.length)) - 1;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    const text = Buffer.concat([this.#tail, chunk]);
    const found = this.#masks.find(({ bytes }) => text.includes(bytes));
    this.#tail = text.subarray(Math.max(0, text.length - this.#overlap));
    if (found) done(holds(found.name));
    else done(null, chunk);
  }
}

const holds = (name: string) =>
  new PaveError("secret.invalid", `The file has the value of the secret ${name} in it, so it is not kept`, {
    fix: "Write the file without it",
  });
