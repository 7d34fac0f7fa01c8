import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Plan } from "@pave/contract";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { browserPath, isSamePage, launchBrowser, markPage, signIn } from "../support/browser.ts";
import { startPlatform, type TestPlatform } from "../support/platform.ts";

const rule = "approvals: { roles: [reviewer], quorum: 2, selfApproval: false }";

/** A laptop's platform: one admin, who may approve what the admin proposed. */
describe.skipIf(!browserPath)("a plan of the platform in a browser", { timeout: 300_000 }, () => {
  let platform: TestPlatform;
  let browser: Browser;
  beforeAll(async () => {
    [platform, browser] = await Promise.all([startPlatform(), launchBrowser()]);
  }, 400_000);
  afterAll(async () => {
    await browser?.close();
    await platform?.remove();
  });

  it("waits on the home page, says what differs and who decides, and is applied by the approval", async () => {
    const file = join(platform.folder, "production.yaml");
    const { source } = await platform.client.getEnvironment({ params: { environment: "production" } });
    await writeFile(file, source.replace(/^approvals: .*$/m, rule));
    const made = await platform.json<Plan>(["environments", "apply", file, "--yes", "-m", "two for customers"]);
    expect(made).toMatchObject({ state: "open", approvalRule: { roles: ["admin"], quorum: 1, selfApproval: true } });

    const { page, complaints } = await signIn(browser, platform.signInUrl);
    await page.getByRole("link", { name: `Review: ${made.title}` }).click();
    await page.getByRole("heading", { name: made.title, level: 1 }).waitFor();
    expect(page.url()).toBe(`${platform.url}/plans/${made.number}`);
    await page.getByText("production asks for 1 approval from a platform admin").waitFor();
    await page.getByText("approvals.quorum").first().waitFor();
    await markPage(page);
    await page.getByRole("button", { name: "Approve" }).click();
    await page.getByRole("heading", { name: made.title }).locator("xpath=..").getByText("applied").waitFor();
    expect(await isSamePage(page)).toBe(true);
    expect(complaints).toEqual([]);

    const { approvals } = await platform.client.getEnvironment({ params: { environment: "production" } });
    expect(approvals).toEqual({ roles: ["reviewer"], quorum: 2, selfApproval: false });
  });
});
