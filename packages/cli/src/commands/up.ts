import { once } from "node:events";
import type { ServerReady } from "@pave/contract";
import { CliError, type Command, exitCodes } from "../command.ts";
import { findServer, startServer, stopLeftovers } from "../local/server-process.ts";
import { colors, facts } from "../output.ts";

export const up: Command = {
  name: "up",
  summary: "start the platform on this machine",
  options: [
    { flags: "-d, --detach", help: "leave it running in the background" },
    { flags: "--supervised", help: "for systemd and containers: logs to standard error, shows no sign-in link" },
  ],
  examples: ["pave up", "pave up --detach && pave open", "PAVE_PORT=4800 pave up"],
  async run(context, _args, options) {
    const [detached, supervised] = [options.detach === true, options.supervised === true];
    if (detached && supervised)
      throw new CliError("--detach and --supervised: expected one of them", {
        fix: "Who supervises starts it in the foreground: leave out --detach.",
        exitCode: exitCodes.usage,
      });
    const running = await findServer();
    if (running && supervised)
      throw new CliError(`It runs already at ${running.url} (process ${running.pid})`, {
        fix: "Stop that one first: `pave down`.",
        exitCode: exitCodes.failed,
      });
    if (running)
      return {
        data: running,
        text: `It runs already at ${running.url} (process ${running.pid}). Sign in with \`pave open\`.`,
      };
    const progress = context.output.progress("Starting the platform");
    const { child, ready, error } = await startServer({ detached, supervised, signal: context.signal });
    if (!ready && context.signal.aborted) {
      progress.stop();
      return { data: { stopped: true }, text: "Stopped before it was up.", exitCode: exitCodes.interrupted };
    }
    if (!ready) {
      progress.fail("The platform did not start");
      throw new CliError(error?.message ?? "the server ended", {
        exitCode: exitCodes.failed,
        ...(error?.fix ? { fix: error.fix } : {}),
      });
    }
    progress.done(`Platform ready in ${ready.seconds.toFixed(1)} s`);
    if (detached) return { data: ready, text: describe(ready) };
    if (supervised)
      context.output.line(`ready at ${ready.url}, gateway ${ready.gatewayUrl}; sign in: pave open --print`);
    else
      context.output.line(
        context.json ? JSON.stringify(ready) : `${describe(ready)}\n${colors.dim("Ctrl-C stops it.")}`,
      );
    const [code] = child.exitCode === null ? ((await once(child, "exit")) as [number | null]) : [child.exitCode];
    await stopLeftovers();
    return {
      data: { stopped: true },
      text: "Stopped.",
      exitCode: code === 0 || context.signal.aborted ? exitCodes.ok : exitCodes.failed,
    };
  },
};

const describe = (ready: ServerReady): string =>
  `${(ready.warnings ?? []).map((warning) => `${colors.yellow("warning")} ${warning}\n\n`).join("")}${addresses(ready)}`;

const addresses = (ready: ServerReady): string =>
  facts([
    ["portal", ready.url],
    ["sign in", ready.signInUrl],
    ["gateway", ready.gatewayUrl],
    ["data", ready.dataFolder],
  ]);
