import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "./support/eventually.ts";
import { type PartsPlatform, startPartsPlatform } from "./support/parts-platform.ts";
import { isAlive, processesOf } from "./support/processes.ts";

const roles = ["api", "worker", "gateway", "runner"] as const;

describe("a platform in parts", { timeout: 120_000 }, () => {
  let platform: PartsPlatform;
  beforeAll(async () => {
    platform = await startPartsPlatform();
  }, 240_000);
  afterAll(() => platform?.remove());

  it("comes up on an empty database, also where api and worker start at the same moment", async () => {
    expect(roles.map((role) => [role, platform.starts(role)])).toEqual(roles.map((role) => [role, 1]));
    const { items } = await platform.client.listPrincipals();
    expect(items.filter(({ kind }) => kind === "user")).toMatchObject([{ platformAdmin: true }]);
  });

  it("leaves the admin's token in a file that only its owner reads; the log names the file, and not the token", async () => {
    const file = join(platform.homes.api, "cli.json");
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const said = await platform.log("api");
    expect(said).toContain(file);
    expect(said).not.toContain(platform.token);
    expect(await platform.client.session()).toMatchObject({ platformAdmin: true });
    expect(await platform.json(["open", "--print"])).toMatchObject({ url: expect.stringContaining("/sign-in#") });
  });

  it("keeps that token when the api is killed and started again", async () => {
    await platform.kill("api");
    await eventually(
      "the api",
      () => platform.client.health(),
      ({ status }) => status === "ok",
    );
    const ready = async () => (await platform.log("api")).split("the api is ready").length - 1;
    await eventually("the second start", ready, (times) => times === 2);
    expect(JSON.parse(await readFile(join(platform.homes.api, "cli.json"), "utf8"))).toMatchObject({
      token: platform.token,
    });
    const { items } = await platform.client.listTokens({ query: {} });
    expect(items.filter(({ name }) => name === "pave on this machine")).toHaveLength(1);
  });

  it("ends a role whose `pave serve` was killed, so that the next one finds its port free", async () => {
    const pidOf = async (program: string) => {
      const found = await processesOf({ folder: platform.folder, home: platform.homes.gateway });
      return found.find(({ command }) => command.includes(`${program}-main.js serve --role gateway`))?.pid ?? 0;
    };
    const [command, role] = [await pidOf("cli"), await pidOf("server")];
    process.kill(command, "SIGKILL");
    await eventually(
      "its end",
      () => isAlive(role),
      (alive) => !alive,
    );
    const { url } = await eventually(
      "another",
      async () => ({ url: platform.settings.api.PAVE_GATEWAY_URL, pid: await pidOf("server") }),
      ({ pid }) => pid > 0,
    );
    await eventually(
      "its answer",
      async () => (await fetch(`${url}/healthz`)).status,
      (status) => status === 200,
    );
  });

  it("is given what the page on it says", async () => {
    const page = await readFile(join(import.meta.dirname, "..", "docs", "in-parts.md"), "utf8");
    const ports = /^PAVE_(GATEWAY_)?PORT$/;
    for (const role of roles) {
      const block = page.split("```").find((text) => text.includes(`pave serve --role ${role}`)) ?? "";
      const named = [...block.matchAll(/(PAVE_\w+)=/g)].map(([, name]) => name);
      const given = Object.keys(platform.settings[role]).filter((name) => !ports.test(name));
      expect([...new Set(named)].sort(), role).toEqual(given.sort());
    }
  });
});
