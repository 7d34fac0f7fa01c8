import type { Command } from "../command.ts";
import { ago, state, table } from "../output.ts";

export const notificationsTargetsList: Command = {
  name: "notifications targets list",
  summary: "list where messages go: of your teams, or for platform admins all",
  examples: ["pave notifications targets list"],
  async run(context) {
    const data = await (await context.client()).listNotificationTargets({});
    const rows = data.items.map((target) => [
      target.name,
      target.team ?? "platform",
      target.kind,
      target.place,
      target.last === null ? "" : `${state(target.last.state)} ${ago(target.last.at)}`,
      target.waiting === 0 ? "" : target.waiting,
      target.id,
    ]);
    return {
      data,
      text: table(
        ["target", "of", "kind", "leads to", "last", "waiting", "id"],
        rows,
        "No targets. Add one with `pave notifications targets add`.",
      ),
    };
  },
};
