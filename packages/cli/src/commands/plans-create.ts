import type { Command } from "../command.ts";
import { deploy } from "./deploy.ts";

/** The same as `deploy`, for those who think in plans; it never applies by itself. */
export const plansCreate: Command = {
  ...deploy,
  name: "plans create",
  summary: "plan a release and leave it open",
  examples: ["pave plans create --to production"],
  run: (context, args, options) => deploy.run(context, args, { ...options, apply: false }),
};
