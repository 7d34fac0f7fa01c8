import type { Command } from "../command.ts";
import { askProgram } from "../local/server-process.ts";
import { colors, table } from "../output.ts";

interface ConfigLine {
  readonly env: string;
  readonly value: string;
  readonly source: string;
  readonly help: string;
}

export const config: Command = {
  name: "config",
  summary: "show every setting of the server, where its value comes from and what it means",
  examples: ["pave config", "PAVE_PORT=4800 pave config --json"],
  async run() {
    const lines = await askProgram<readonly ConfigLine[]>("config");
    const rows = lines.map((line) => [
      line.env,
      line.value,
      line.source === "default" ? colors.dim("default") : line.source,
      colors.dim(line.help),
    ]);
    return { data: lines, text: table(["setting", "value", "from", "meaning"], rows, "") };
  },
};
