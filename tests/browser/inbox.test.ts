import { writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import type { Plan } from "@pave/contract";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { browserPath, launchBrowser, signIn } from "../support/browser.ts";
import { eventually } from "../support/eventually.ts";
import { startPlatform, type TestPlatform } from "../support/platform.ts";

describe.skipIf(!browserPath)("notifications in a browser and the terminal", { timeout: 300_000 }, () => {
  let platform: TestPlatform;
  let browser: Browser;
  let server: Server;
  const received: { type: string; data: { url: string } }[] = [];
  beforeAll(async () => {
    server = createServer(async (request, response) => {
      received.push(JSON.parse(await text(request)));
      response.end("taken");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const environment = { PAVE_OUTBOUND_ALLOW: "127.0.0.1" };
    [platform, browser] = await Promise.all([startPlatform({ environment }), launchBrowser()]);
  }, 400_000);
  afterAll(async () => {
    await browser?.close();
    await platform?.remove();
    await new Promise((resolve) => server.close(resolve));
  });

  it("a target is added and tried, a plan that waits rings, is told there, and is gone when it is decided", async () => {
    const { page, complaints } = await signIn(browser, platform.signInUrl);
    await page.goto(`${platform.url}/settings/notifications`);
    await page.getByRole("button", { name: "New target" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Name").fill("ops-hook");
    await dialog.getByLabel("URL").fill("https://169.254.169.254/latest");
    await dialog.getByRole("button", { name: "Add target" }).click();
    await page.getByText("Messages to ops-hook are signed with this secret").waitFor();
    await page.getByRole("button", { name: "Test ops-hook" }).click();
    await page.getByText("169.254.169.254 is no public address").waitFor();
    await page.getByRole("button", { name: "Remove ops-hook" }).click();
    await page.getByRole("button", { name: "Remove the target" }).click();
    await page.getByText("No target", { exact: true }).waitFor();

    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
    const add = ["notifications", "targets", "add", "ops-hook", "webhook"];
    const added = await platform.pave(add, { input: `${url}\n`, text: true });
    expect(added.stdout).toContain("Messages are signed with whsec_");
    await platform.json(["notifications", "routes", "add", "ops-hook", "--kind", "approval-wanted"]);
    await page.getByRole("button", { name: "Test ops-hook" }).click();
    await page.getByText("ops-hook answered 200").waitFor();
    await page.getByText("taken", { exact: true }).waitFor();

    const file = join(platform.folder, "production.yaml");
    const { source } = await platform.client.getEnvironment({ params: { environment: "production" } });
    await writeFile(
      file,
      source.replace(/^approvals: .*$/m, "approvals: { roles: [reviewer], quorum: 2, selfApproval: false }"),
    );
    const made = await platform.json<Plan>(["environments", "apply", file, "--yes", "-m", "two for customers"]);
    await page.getByRole("button", { name: "Inbox, 1 unread" }).click();
    const inbox = page.getByRole("dialog", { name: "Inbox" });
    const told = `plan ${made.number} of the platform waits for an approval in production`;
    await inbox.getByRole("link", { name: told }).waitFor();
    await eventually(
      "the message",
      async () => received.at(-1)?.type,
      (type) => type === "approval-wanted",
      20_000,
    );
    expect(received.at(-1)?.data.url).toBe(`${platform.url}/plans/${made.number}`);
    await page.locator("td", { hasText: told }).waitFor();
    expect((await platform.pave(["inbox", "--unread"], { text: true })).stdout).toContain(told);
    const log = await platform.json<{ items: { state: string }[] }>(["notifications", "log", "--target", "ops-hook"]);
    expect(log.items).toMatchObject([{ state: "delivered", lastStatus: 200, attempts: 1 }]);

    await inbox.getByRole("link", { name: told }).click();
    await page.getByRole("heading", { name: made.title, level: 1 }).waitFor();
    await page.getByRole("button", { name: "Inbox, nothing unread" }).waitFor();
    await page.getByRole("button", { name: "Approve" }).click();
    await page.getByRole("heading", { name: made.title }).locator("xpath=..").getByText("applied").waitFor();
    await page.keyboard.press("g");
    await page.keyboard.press("i");
    await page.getByRole("heading", { name: "Inbox", level: 1 }).waitFor();
    await page.getByText("Nothing yet").waitFor();
    expect(complaints).toEqual([]);
  });
});
