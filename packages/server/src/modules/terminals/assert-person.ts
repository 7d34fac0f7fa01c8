import type { Ctx } from "../../db/context.ts";
import { PaveError } from "../../kernel/pave-error.ts";

/** A yes to a terminal is a person's, in a browser: no token says it, whatever else it may. */
export function assertPerson(ctx: Ctx): void {
  const { grant, kind } = ctx.actor;
  if (kind === "user" && grant !== "unlimited" && grant.tokenKind === "session") return;
  throw new PaveError("access.denied", "Only a person who is signed in with a browser can let a terminal act as them", {
    fix: "Open the portal, sign in, and answer there.",
  });
}
