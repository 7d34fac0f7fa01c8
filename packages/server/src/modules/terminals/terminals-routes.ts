import type { Handlers } from "../../http/handlers.ts";
import { allowTerminal } from "./allow-terminal.ts";
import { answerTerminal, lookAtTerminal } from "./device-flow.ts";

/** What a person answers in the browser. */
export const terminalsRoutes = (): Handlers => ({
  allowTerminal: (ctx, { body }, io) => allowTerminal(ctx, { ...body, address: io.remoteAddress }),
  async lookAtTerminal(ctx, { body }, io) {
    const found = await lookAtTerminal(ctx, body.userCode, io.remoteAddress);
    return {
      host: found.host,
      address: found.address,
      askedAt: found.createdAt.toISOString(),
      expiresAt: found.expiresAt.toISOString(),
    };
  },
  async answerTerminal(ctx, { body }, io) {
    await answerTerminal(ctx, { ...body, address: io.remoteAddress });
    return { ok: true };
  },
});
