import type { Command } from "../command.ts";
import { scheduleWords, someOf } from "../local/notification-words.ts";
import { table } from "../output.ts";

export const notificationsRoutesList: Command = {
  name: "notifications routes list",
  summary: "list what goes to which target, and when",
  examples: ["pave notifications routes list"],
  async run(context) {
    const data = await (await context.client()).listNotificationRoutes({});
    const rows = data.items.map(({ id, team, target, kinds, tiers, schedule }) => [
      target,
      team ?? "platform",
      someOf(kinds),
      someOf(tiers),
      scheduleWords(schedule),
      id,
    ]);
    const empty = "No routes. Add one with `pave notifications routes add`.";
    return { data, text: table(["target", "of", "kinds", "tiers", "when", "id"], rows, empty) };
  },
};
