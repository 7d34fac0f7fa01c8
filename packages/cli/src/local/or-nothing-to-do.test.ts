import { ApiError, type Client, docsOf } from "@pave/contract";
import { expect, test } from "vitest";
import type { Command, CommandContext, Options } from "../command.ts";
import { deploy } from "../commands/deploy.ts";
import { promote } from "../commands/promote.ts";
import { createOutput } from "../output.ts";

const refusing = (code: "plan.nothing_to_do" | "plan.stale") =>
  ({
    folder: "/",
    output: createOutput({ json: true, quiet: true }),
    client: async () =>
      ({
        async createPlan() {
          throw new ApiError(409, { code, message: "There is nothing to do: it runs", docs: docsOf(code) });
        },
      }) as unknown as Client,
  }) as unknown as CommandContext;

test.each<[string, Command, string[], Options]>([
  ["deploy", deploy, [], { to: "staging", project: "late" }],
  ["deploy --dry-run", deploy, [], { to: "staging", project: "late", dryRun: true }],
  ["promote", promote, ["staging", "production"], { project: "late" }],
])("%s to what is there already is done, and says so", async (_, command, args, options) => {
  expect(await command.run(refusing("plan.nothing_to_do"), args, options)).toEqual({
    data: { nothingToDo: true, message: "There is nothing to do: it runs" },
    text: "✔ There is nothing to do: it runs",
  });
  await expect(command.run(refusing("plan.stale"), args, options)).rejects.toMatchObject({ code: "plan.stale" });
});
