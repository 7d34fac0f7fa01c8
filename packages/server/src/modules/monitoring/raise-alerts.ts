import { topics } from "@pave/contract";
import type { Ctx } from "../../db/context.ts";
import { must } from "../../kernel/pave-error.ts";
import { recordEvent } from "../ledger/index.ts";
import { type AlertRow, findAlert, putAlert, setResolved } from "./alert-store.ts";
import type { AlertKind, FoundAlert } from "./found-alert.ts";
import { addDelivery, type WebhookEvent } from "./webhook-store.ts";

interface Place {
  readonly projectId: string;
  readonly deploymentId: string;
  readonly releaseId: string;
}

/** What alerts already is seen again, and told a second time only where it has become a page. In the caller's transaction. */
export async function raiseAlerts(ctx: Ctx, place: Place, found: readonly FoundAlert[]): Promise<void> {
  for (const one of found) {
    const { id, isNews } = await putAlert(ctx, place, one);
    if (isNews) await tell(ctx, id, "alert.opened");
    else hintAlert(ctx, must(await findAlert(ctx, { id }), "the alert"));
  }
}

export async function resolveAlerts(
  ctx: Ctx,
  deploymentId: string,
  kinds: readonly AlertKind[],
  resolution: string,
): Promise<void> {
  for (const id of await setResolved(ctx, deploymentId, kinds, resolution)) await tell(ctx, id, "alert.resolved");
}

/** Ledger, portal and webhook, with the change itself: what was said happened, and what happened is said. */
export async function tell(ctx: Ctx, id: string, event: WebhookEvent): Promise<AlertRow> {
  const alert = must(await findAlert(ctx, { id }), "the alert");
  const { number, kind, severity, title, environment, deployment, model, modelVersion } = alert;
  await recordEvent(ctx, {
    type: event,
    subjectType: "alert",
    subjectId: alert.id,
    projectId: alert.projectId,
    data: {
      // the reason stays out: it may name values of features
      ...{ number, kind, severity, title, environment, deployment, model, version: modelVersion },
      ...(event === "alert.resolved" ? { resolution: alert.resolution } : {}),
    },
  });
  await addDelivery(ctx, alert, event);
  hintAlert(ctx, alert);
  return alert;
}

function hintAlert(ctx: Ctx, { project, environment, deployment }: AlertRow): void {
  ctx.hint(
    topics.monitoring(project),
    topics.project(project),
    topics.home,
    topics.deployment(project, environment, deployment),
  );
}
