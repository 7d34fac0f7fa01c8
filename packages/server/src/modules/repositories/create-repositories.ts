import type { Ctx } from "../../db/context.ts";
import type { Handlers } from "../../http/handlers.ts";
import { postStatuses } from "./post-statuses.ts";
import type { RepositoriesDeps } from "./repositories-deps.ts";
import { repositoriesRoutes } from "./repositories-routes.ts";
import { tickPushes } from "./tick-pushes.ts";

/** Git repositories of projects: pushes that come by webhook, what follows from them, and what their hosts are told. */
export interface Repositories {
  readonly routes: Handlers;
  /** Rounds of the worker, woken on `pushesChannel`. */
  tick(ctx: Ctx): Promise<void>;
  postStatuses(ctx: Ctx): Promise<void>;
}

export function createRepositories(deps: RepositoriesDeps, holder: string): Repositories {
  deps.vault.keeps({ table: "repositories", column: "webhook_secret" });
  deps.vault.keeps({ table: "repositories", column: "access_token" });
  return {
    routes: repositoriesRoutes(deps),
    tick: (ctx) => tickPushes(deps, ctx, holder),
    postStatuses: (ctx) => postStatuses(deps, ctx, holder),
  };
}
