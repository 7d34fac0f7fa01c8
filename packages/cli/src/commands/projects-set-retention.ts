import { CliError, type Command, text } from "../command.ts";

export const projectsSetRetention: Command = {
  name: "projects set-retention",
  summary:
    "say how long a project keeps deleted things, and whether old runs are deleted; without options it says what counts",
  arguments: [{ name: "<project>", help: "name" }],
  options: [
    { flags: "--deleted <days>", help: "how many days deleted things can be restored; `default` for the platform's" },
    { flags: "--runs <days>", help: "delete runs that are over and older than so many days; `never` keeps them" },
  ],
  examples: ["pave projects set-retention flight-delays --deleted 7 --runs 365"],
  async run(context, [project], options) {
    const client = await context.client();
    const params = { project: project ?? "" };
    const before = await client.getRetention({ params });
    const [deleted, runs] = [text(options.deleted), text(options.runs)];
    const body = {
      deletedDays: deleted === undefined ? before.deletedDays : daysOf(deleted, "default", "--deleted"),
      runDays: runs === undefined ? before.runDays : daysOf(runs, "never", "--runs"),
    };
    const data = deleted === undefined && runs === undefined ? before : await client.setRetention({ params, body });
    return {
      data,
      text: [
        `${project} keeps deleted things for ${data.effectiveDeletedDays} days${data.deletedDays === null ? ", as the platform does" : ""}.`,
        data.runDays === null
          ? "Runs that are not deleted stay."
          : `Runs that are over are deleted when they are ${data.runDays} days old.`,
      ].join("\n"),
    };
  },
};

function daysOf(value: string, none: string, option: string): number | null {
  if (value === none) return null;
  if (/^\d{1,4}$/.test(value)) return Number(value);
  throw new CliError(`${option}: expected a number of days or \`${none}\`, found ${value}`, { fix: "Correct it." });
}
