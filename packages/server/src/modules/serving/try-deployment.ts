import { certificateProblem } from "@pave/contract";
import type { Ctx } from "../../db/context.ts";
import { messageOf, PaveError } from "../../kernel/pave-error.ts";
import { sleep } from "../../kernel/time.ts";
import { mintToken } from "../access/index.ts";
import type { DeploymentRow } from "./deployment.ts";

const tokenMs = 15 * 60_000;
/** How long a gateway may take to hear of a token that was just made. */
const patienceMs = 15_000;
const timeoutMs = 15_000;

/** Calls endpoints for people who look at them in the portal, each with a short-lived token of their own. */
export function createTryOut(gatewayUrl: () => string) {
  const tokens = new Map<string, { token: string; until: number }>();

  /** One token serves for a while: gateways need not learn a new one with every click. */
  const tokenFor = async (ctx: Ctx, projectId: string): Promise<string> => {
    const { principalId } = ctx.actor;
    const key = `${principalId} ${projectId}`;
    const now = ctx.clock.now().getTime();
    const known = tokens.get(key);
    if (known && known.until - now > tokenMs / 3) return known.token;
    const { token } = await mintToken(ctx, {
      kind: "session",
      principalId,
      name: "trying an endpoint",
      projectId,
      scopes: ["deployment.predict"],
      expiresInMs: tokenMs,
    });
    for (const [other, { until }] of tokens) if (until < now) tokens.delete(other);
    tokens.set(key, { token, until: now + tokenMs });
    return token;
  };

  return async (
    ctx: Ctx,
    deployment: DeploymentRow,
    input: unknown,
  ): Promise<{ status: number; milliseconds: number; body: unknown }> => {
    const url = `${gatewayUrl().replace(/\/+$/, "")}/${deployment.environment}/${deployment.project}/${deployment.name}/predict`;
    const token = await tokenFor(ctx, deployment.projectId);
    const deadline = performance.now() + patienceMs;
    while (true) {
      const started = performance.now();
      const response = await call(url, token, input);
      const milliseconds = Math.round((performance.now() - started) * 100) / 100;
      if (response.status !== 401 || performance.now() > deadline) return { ...response, milliseconds };
      await sleep(100);
    }
  };
}

async function call(url: string, token: string, input: unknown): Promise<{ status: number; body: unknown }> {
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify(input ?? {}),
      signal: AbortSignal.timeout(timeoutMs),
    });
    const text = await response.text();
    return { status: response.status, body: parse(text) };
  } catch (error) {
    const problem = certificateProblem(error);
    if (problem)
      throw new PaveError(
        "server.unavailable",
        `The certificate of the gateway at ${new URL(url).origin} is not trusted: ${problem.reason}`,
        { fix: problem.fix },
      );
    throw new PaveError("server.unavailable", `The gateway at ${new URL(url).origin} does not answer`, {
      fix: "See whether it runs: `pave doctor`.",
      cause: messageOf(error),
    });
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
