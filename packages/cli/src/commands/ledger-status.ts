import { keyIdOf } from "@pave/contract/ledger";
import type { Command } from "../command.ts";
import { ago, facts } from "../output.ts";

export const ledgerStatus: Command = {
  name: "ledger status",
  summary: "show how long the ledger is and what is sealed",
  examples: ["pave ledger status"],
  async run(context) {
    const data = await (await context.client()).ledgerStatus();
    return {
      data,
      text: facts([
        ["events", data.events],
        ["sealed", data.sealed],
        ["head", data.head],
        ["checkpoint", data.checkpoint ? `event ${data.checkpoint.position}, ${ago(data.checkpoint.time)}` : null],
        ["key", keyIdOf(data.publicKey)],
      ]),
    };
  },
};
