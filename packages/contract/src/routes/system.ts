import { z } from "zod";
import * as projects from "../resources/projects.ts";
import * as system from "../resources/system.ts";
import { route } from "../route.ts";
import { bytes } from "./params.ts";

export const systemRoutes = {
  health: route({
    method: "GET",
    path: "/health",
    summary: "Is the API up?",
    permission: "public",
    response: system.healthSchema,
  }),
  systemInfo: route({
    method: "GET",
    path: "/system",
    summary: "Versions and the state of the parts",
    permission: "platform.use",
    response: system.systemInfoSchema,
  }),
  stream: route({
    method: "GET",
    path: "/stream",
    summary: "Hints of what changed, as server-sent events",
    permission: "platform.use",
    query: z.object({ topics: z.string().optional() }),
    response: bytes,
    raw: "events",
  }),
  home: route({
    method: "GET",
    path: "/home",
    summary: "What waits for me?",
    permission: "platform.use",
    response: projects.homeSchema,
  }),
} as const;
