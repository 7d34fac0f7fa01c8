import { spawn } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { docsOf } from "@pave/contract";
import { afterAll, beforeAll, expect, test } from "vitest";

const error = { code: "project.not_found", message: "There is no project none", docs: docsOf("project.not_found") };
const server = createServer((_request, response) => {
  response.writeHead(404, { "content-type": "application/json" }).end(JSON.stringify({ error }));
});
let url = "";
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

/** Everything that a command says, at a terminal or not. */
async function said(args: readonly string[], { terminal }: { terminal: boolean }): Promise<string> {
  const command = [process.execPath, join(import.meta.dirname, "main.ts"), ...args, "--project", "none"];
  const [program = "", ...rest] = terminal
    ? ["python3", "-c", "import pty, sys; pty.spawn(sys.argv[1:])", ...command]
    : command;
  const env = { ...process.env, NO_COLOR: "1", PAVE_URL: url, PAVE_TOKEN: "token" };
  const child = spawn(program, rest, { env, stdio: ["ignore", "pipe", "pipe"] });
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return (out + err).replaceAll("\r\n", "\n");
}

test("an error at a terminal ends with the address of its entry in the docs", async () => {
  expect(await said(["runs", "list"], { terminal: true })).toBe(
    `error There is no project none\n  More: ${url}/docs/errors#project-not_found\n`,
  );
});

test("elsewhere it is the message alone, and --json has the entry's path", async () => {
  expect(await said(["runs", "list"], { terminal: false })).toBe("error There is no project none\n");
  expect(JSON.parse(await said(["runs", "list", "--json"], { terminal: false }))).toEqual({ error });
});
