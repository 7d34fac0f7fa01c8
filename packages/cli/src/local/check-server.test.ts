import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { apiVersion } from "@pave/contract";
import { afterAll, beforeAll, expect, test } from "vitest";
import { checkServer } from "./check-server.ts";

let answer: { readonly status: number; readonly body: string };
const server = createServer((_request, response) => response.writeHead(answer.status).end(answer.body));
let url = "";
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

test.each([
  ["a web page", 200, "<h1>It works!</h1>", /There is no Pave at .*: it answers 200/, /your browser shows the portal/],
  ["another's API", 200, '{"status":"UP"}', /There is no Pave/, /your browser/],
  ["a proxy whose server is away", 502, "Bad Gateway", /it answers 502/, /your browser/],
  ["null", 200, "null", /There is no Pave/, /your browser/],
  [
    "an older Pave",
    200,
    '{"status":"ok","version":"0.0.9"}',
    /is Pave 0\.0\.9, whose API \(0\) is older/,
    /Upgrade the server/,
  ],
  ["a newer one", 200, `{"status":"ok","version":"9.0.0","api":${apiVersion + 1}}`, /is newer/, /Upgrade this client/],
])("%s gets one message with the fix", async (_name, status, body, message, fix) => {
  answer = { status, body };
  await expect(checkServer(url)).rejects.toMatchObject({
    message: expect.stringMatching(message),
    fix: expect.stringMatching(fix),
    exitCode: 4,
  });
});

test("a Pave of this API gives its version", async () => {
  answer = { status: 200, body: JSON.stringify({ status: "ok", version: "0.1.0", api: apiVersion }) };
  expect(await checkServer(url)).toBe("0.1.0");
});
