import type { Ctx } from "../../db/context.ts";
import { takenNames } from "./identity-store.ts";

/** A name that is free, made from what is known of a person: `Grace Hopper` and `grace.hopper@…` give `grace-hopper`. */
export async function freeName(ctx: Ctx, wanted: string): Promise<string> {
  const base = nameFrom(wanted);
  const names = [base, ...Array.from({ length: 98 }, (_, index) => `${base}-${index + 2}`)];
  const taken = await takenNames(ctx, names);
  return names.find((name) => !taken.has(name)) ?? `${base}-${ctx.clock.now().getTime()}`;
}

/** Lower-case letters, digits and dashes, beginning with a letter; accents are dropped. */
export function nameFrom(text: string): string {
  const local = text.split("@")[0] ?? "";
  const name = local
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+/, "")
    .slice(0, 50)
    .replace(/-+$/, "");
  return name || "person";
}
