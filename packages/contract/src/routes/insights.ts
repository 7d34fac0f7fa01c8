import { z } from "zod";
import { pageOf } from "../common.ts";
import { activityQuery, activitySchema, jumpSchema } from "../resources/activity.ts";
import { route } from "../route.ts";

/** Read over everything that the actor may see. */
export const insightRoutes = {
  listActivity: route({
    method: "GET",
    path: "/activity",
    summary: "Who did what, in words, newest first",
    permission: "platform.use",
    query: activityQuery,
    response: pageOf(activitySchema),
  }),
  listJumps: route({
    method: "GET",
    path: "/jumps",
    summary: "Projects, deployments, models, environments, and the latest runs and plans: where one may want to go",
    permission: "platform.use",
    response: z.object({ items: z.array(jumpSchema) }),
  }),
} as const;
