import type { Client } from "@pave/contract";
import { expect, test } from "vitest";
import type { CommandContext } from "../command.ts";
import { modelsRename } from "./models-rename.ts";

test("the model that is meant gets the name, and whoever asked hears what to change", async () => {
  const asked: unknown[] = [];
  const client = {
    async renameModel(input: { body: { name: string } }) {
      asked.push(input);
      return { name: input.body.name };
    },
  } as unknown as Client;
  const context = { folder: "/", client: async () => client } as unknown as CommandContext;
  const { data, text } = await modelsRename.run(context, ["late", "delays"], { project: "flights" });
  expect(asked).toEqual([{ params: { project: "flights", model: "late" }, body: { name: "delays" } }]);
  expect(data).toEqual({ name: "delays" });
  expect(text).toBe(
    "late is now delays. Code that loads models:/late/… finds nothing there any more: change it to models:/delays/….",
  );
});
