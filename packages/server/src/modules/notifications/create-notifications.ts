import type { Ctx } from "../../db/context.ts";
import type { Vault } from "../secrets/index.ts";
import { createDeliverer, type DeliverDeps } from "./deliver.ts";
import { tellOfExpiringTokens } from "./expiring-tokens.ts";
import { createListener } from "./listen-to-ledger.ts";
import { notificationsRoutes } from "./notifications-routes.ts";
import { pruneNotifications } from "./prune-notifications.ts";

export interface NotificationsDeps extends DeliverDeps {
  readonly vault: Pick<Vault, "seal" | "open" | "keeps">;
  /** Of this process among all workers. */
  readonly holder: string;
  /** For how long is kept what was told and sent. */
  readonly days: number;
}

/** Tells people and targets what happened. */
export interface Notifications {
  readonly routes: ReturnType<typeof notificationsRoutes>;
  /** A round of each, for the worker. */
  listen(ctx: Ctx): Promise<void>;
  deliver(ctx: Ctx): Promise<void>;
  tellOfExpiring(ctx: Ctx): Promise<void>;
  prune(ctx: Ctx): Promise<void>;
  /** Resolves when nothing is being sent. */
  settled(): Promise<void>;
  stop(): Promise<void>;
}

export function createNotifications(deps: NotificationsDeps): Notifications {
  deps.vault.keeps({ table: "notification_targets", column: "secret" });
  const deliverer = createDeliverer(deps);
  return {
    routes: notificationsRoutes(deps),
    listen: createListener(deps.holder),
    deliver: (ctx) => deliverer.deliver(ctx),
    tellOfExpiring: tellOfExpiringTokens,
    prune: (ctx) => pruneNotifications(ctx, deps.days),
    settled: () => deliverer.settled(),
    stop: () => deliverer.stop(),
  };
}
