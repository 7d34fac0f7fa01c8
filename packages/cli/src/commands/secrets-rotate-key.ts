import { counted } from "@pave/contract";
import type { Command } from "../command.ts";

export const secretsRotateKey: Command = {
  name: "secrets rotate-key",
  summary: "wrap the keys of all secrets by a new master key, without reading a value (platform admins)",
  examples: ["pave secrets rotate-key"],
  async run(context) {
    const data = await (await context.client()).rotateMasterKey();
    const made = data.isNew ? "A new master key" : "The master key of the settings";
    return {
      data,
      text: `${made}, ${data.masterKey}, wraps ${counted(data.rewrapped, "more value")}. Copy the key file again.`,
    };
  },
};
