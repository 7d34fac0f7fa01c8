import type { Holding, PrincipalRef } from "@pave/contract";
import type { Ctx } from "../../db/context.ts";
import type { Handlers } from "../../http/handlers.ts";
import { getPrincipal } from "../access/index.ts";
import { handOver } from "./hand-over.ts";
import { holdingsOf } from "./holdings.ts";

/** What somebody alone holds, and handing it over. */
export const ownershipRoutes = (deps: { keysChanged(ctx: Ctx): Promise<void> }): Handlers => ({
  async listHoldings(ctx, { params }) {
    const holder = await getPrincipal(ctx, params.principal);
    return { holder: refOf(holder), items: (await holdingsOf(ctx, holder)).map(toHolding) };
  },
  async handOver(ctx, { params, body }) {
    const items = await handOver(ctx, { from: params.principal, to: body.to });
    await deps.keysChanged(ctx);
    return { holder: refOf(await getPrincipal(ctx, body.to)), items: items.map(toHolding) };
  },
});

const toHolding = ({ kind, name, becomes }: Holding): Holding => ({ kind, name, becomes });
const refOf = ({ id, kind, name }: { id: string; kind: string; name: string }): PrincipalRef => ({
  id,
  kind: kind as PrincipalRef["kind"],
  name,
});
