import type { Tier } from "@pave/contract";
import { type Command, list, text } from "../command.ts";
import { kindsOf, scheduleWords, someOf } from "../local/notification-words.ts";
import { scheduleOf, scheduleOptions } from "../local/schedule-options.ts";

export const notificationsRoutesAdd: Command = {
  name: "notifications routes add",
  summary: "send kinds of notifications to a target",
  arguments: [{ name: "<target>", help: "name or id" }],
  options: [
    { flags: "--team <name>", help: "whose projects (default: those of the target's team, or all)" },
    { flags: "--kind <kind>", help: "such as rollback or alert-opened (default: all)", repeatable: true },
    { flags: "--tier <tier>", help: "of projects: experimental, internal, critical (default: all)", repeatable: true },
    ...scheduleOptions,
  ],
  examples: [
    "pave notifications routes add ops-hook --kind rollback --kind alert-opened --tier critical",
    "pave notifications routes add channel --quiet-hours 20:00-07:00 --time-zone Europe/Berlin",
    "pave notifications routes add mail --digest daily --digest-at 08:30",
  ],
  async run(context, [target = ""], options) {
    const team = text(options.team);
    const data = await (await context.client()).addNotificationRoute({
      body: {
        ...{ target, kinds: kindsOf(list(options.kind)), tiers: list(options.tier) as Tier[] },
        schedule: scheduleOf(options),
        ...(team === undefined ? {} : { team }),
      },
    });
    const of = data.tiers.length === 0 ? "" : ` of ${data.tiers.join(" and ")} projects`;
    const words = `${someOf(data.kinds)}${of} of ${data.team ?? "the platform"}: to ${data.target}, ${scheduleWords(data.schedule)}.`;
    return { data, text: words };
  },
};
