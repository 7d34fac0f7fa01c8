import { spawn } from "node:child_process";
import { once } from "node:events";
import { CliError, type Command, exitCodes, text } from "../command.ts";
import { leanEnvironment, leanNodeFlags } from "../local/lean-node.ts";
import { serverMain } from "../local/server-process.ts";

export const serve: Command = {
  name: "serve",
  summary: "run one role of the platform, for scaling out over machines",
  options: [{ flags: "--role <role>", help: "api, worker, gateway or runner" }],
  examples: [
    "PAVE_DATABASE_URL=postgres://… pave serve --role worker",
    "PAVE_API_URL=https://pave.example PAVE_ROLE_TOKEN=… pave serve --role gateway",
  ],
  async run(context, _args, options) {
    const role = text(options.role);
    if (!role) throw new CliError("Which role? --role api, worker, gateway or runner");
    // killed, this process could not stop its child, whose port the next one needs
    const withUs = ["--with-parent", String(process.pid)];
    // a gateway is measured by how fast it answers, and is as it was
    const isLean = role === "api" || role === "worker";
    const child = spawn(
      process.execPath,
      [...(isLean ? leanNodeFlags : []), serverMain, "serve", "--role", role, ...withUs],
      { stdio: "inherit", ...(isLean ? { env: leanEnvironment() } : {}) },
    );
    context.signal.addEventListener("abort", () => child.kill("SIGTERM"), { once: true });
    const [code] = (await once(child, "exit")) as [number | null];
    return {
      data: { role, exitCode: code },
      text: "",
      exitCode: code === 0 || context.signal.aborted ? exitCodes.ok : exitCodes.failed,
    };
  },
};
