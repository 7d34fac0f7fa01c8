import { type Ctx, inTransaction } from "../../db/context.ts";
import { PaveError } from "../../kernel/pave-error.ts";
import { type AlertRow, findAlert, setAcknowledged } from "./alert-store.ts";
import { tell } from "./raise-alerts.ts";

/** Somebody looks at it. Once is enough; what is resolved needs nobody any more. */
export async function acknowledgeAlert(
  ctx: Ctx,
  input: { projectId: string; number: number; comment: string },
): Promise<AlertRow> {
  return inTransaction(ctx, async (ctx) => {
    const alert = await getAlert(ctx, input);
    if (await setAcknowledged(ctx, alert.id, input.comment)) return tell(ctx, alert.id, "alert.acknowledged");
    return getAlert(ctx, input);
  });
}

export async function getAlert(ctx: Ctx, key: { projectId: string; number: number }): Promise<AlertRow> {
  const alert = await findAlert(ctx, key);
  if (alert) return alert;
  throw new PaveError("alert.not_found", `There is no alert ${key.number} in this project`, {
    fix: "See `pave alerts list --all` for those there are",
  });
}
