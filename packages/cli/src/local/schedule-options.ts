import type { Schedule } from "@pave/contract";
import { CliError, type Option, type Options, text } from "../command.ts";

export const scheduleOptions: readonly Option[] = [
  { flags: "--quiet-hours <from-to>", help: "when nothing comes, such as 20:00-07:00" },
  { flags: "--quiet-urgent", help: "what is urgent does not pass quiet hours either" },
  { flags: "--digest <how>", help: "collect: hourly or daily" },
  { flags: "--digest-at <time>", help: "when the daily digest comes", fallback: "08:00" },
  { flags: "--time-zone <zone>", help: "of these times, such as Europe/Berlin", fallback: "UTC" },
];

/** What was said; times and zones are checked by the platform. */
export function scheduleOf(options: Options): Schedule {
  const hours = text(options.quietHours);
  const [from, to] = hours?.split("-") ?? [];
  if (hours !== undefined && (!from || !to))
    throw new CliError(`--quiet-hours: expected two times of day such as 20:00-07:00, found ${hours}`);
  return {
    timeZone: text(options.timeZone) ?? "UTC",
    quiet: from && to ? { from, to, urgentPasses: options.quietUrgent !== true } : null,
    digest: (text(options.digest) ?? "none") as Schedule["digest"],
    digestAt: text(options.digestAt) ?? "08:00",
  };
}
