import { type Command, list } from "../command.ts";
import { kindsOf, scheduleWords } from "../local/notification-words.ts";
import { scheduleOf, scheduleOptions } from "../local/schedule-options.ts";
import { facts } from "../output.ts";

export const notificationsPreferences: Command = {
  name: "notifications preferences",
  summary: "what you are told by mail, and when; with options, choose it",
  options: [
    { flags: "--mail <kind>", help: "comes by mail beside the inbox; `none` for nothing", repeatable: true },
    { flags: "--mute <kind>", help: "comes nowhere; `none` for nothing", repeatable: true },
    ...scheduleOptions,
  ],
  examples: [
    "pave notifications preferences",
    "pave notifications preferences --mail approval-wanted --mail mention --mute plan-decided",
    "pave notifications preferences --quiet-hours 18:00-08:00 --time-zone Europe/Berlin",
  ],
  async run(context, _args, options) {
    const client = await context.client();
    const before = await client.getNotificationPreferences({});
    const [mail, mute] = [list(options.mail), list(options.mute)];
    const timed = [options.quietHours, options.quietUrgent, options.digest].some((one) => one !== undefined);
    const chosen = (names: string[], known: typeof before.mail) =>
      names.length === 0 ? known : kindsOf(names.filter((name) => name !== "none"));
    const data =
      mail.length + mute.length > 0 || timed
        ? await client.setNotificationPreferences({
            body: {
              mail: chosen(mail, before.mail),
              muted: chosen(mute, before.muted),
              schedule: timed ? scheduleOf(options) : before.schedule,
            },
          })
        : before;
    const address = data.email ?? "you have no e-mail address";
    return {
      data,
      text: facts([
        ["mail to", data.mailWorks ? address : `${address}; the platform sends no mail to people`],
        ["by mail", data.mail.join(", ") || "nothing"],
        ["muted", data.muted.join(", ") || "nothing"],
        ["when", scheduleWords(data.schedule)],
      ]),
    };
  },
};
