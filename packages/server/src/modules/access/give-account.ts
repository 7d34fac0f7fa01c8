import { type Ctx, inTransaction } from "../../db/context.ts";
import { PaveError } from "../../kernel/pave-error.ts";
import { recordEvent } from "../ledger/index.ts";
import { setOwner } from "./principal-store.ts";
import { getPrincipal, type Principal } from "./principals.ts";

/** Gives a service account or an agent to a person or a team. The same again changes nothing. */
export async function giveAccount(
  ctx: Ctx,
  input: { readonly account: string; readonly to: string },
): Promise<Principal> {
  return inTransaction(ctx, async (ctx) => {
    const [account, to] = [await getPrincipal(ctx, input.account), await getPrincipal(ctx, input.to)];
    if (account.kind !== "service-account" && account.kind !== "agent")
      throw new PaveError("request.invalid", `${account.name} is a ${account.kind}, which nobody owns`, {
        fix: "Service accounts and agents have an owner.",
      });
    if ((to.kind !== "user" && to.kind !== "team") || to.disabledAt !== null)
      throw new PaveError(
        "request.invalid",
        `body.owner: expected a person or a team that is there, found ${to.name}`,
        {
          fix: "See `pave principals list` and `pave teams list`.",
        },
      );
    if (account.owner === to.name) return account;
    await setOwner(ctx, account.id, to.id);
    await recordEvent(ctx, {
      type: "ownership.handed-over",
      subjectType: "service-account",
      subjectId: account.id,
      data: { thing: `${account.kind} ${account.name}`, from: account.owner ?? "the platform", to: to.name },
    });
    return getPrincipal(ctx, account.id);
  });
}
