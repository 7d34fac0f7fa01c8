import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { browserPath, launchBrowser, signIn } from "../support/browser.ts";
import { startPlatform, type TestPlatform } from "../support/platform.ts";
import { tinyProject } from "../support/tiny-project.ts";

const pictures = process.env.PAVE_TEST_PICTURES;

/** What a project is given from outside, as an admin sees it in the project's settings. */
describe.skipIf(!browserPath)("secrets and connections in a browser", { timeout: 300_000 }, () => {
  let platform: TestPlatform;
  let browser: Browser;
  beforeAll(async () => {
    [platform, browser] = await Promise.all([startPlatform(), launchBrowser()]);
    await tinyProject(platform, "outside");
  }, 400_000);
  afterAll(async () => {
    await browser?.close();
    await platform?.remove();
  });

  it("a secret is set and never shown; a connection is added, and a check says what is wrong with it", async () => {
    const { page, complaints } = await signIn(browser, platform.signInUrl);
    await page.goto(`${platform.url}/projects/outside/settings`);
    const parts = page.getByRole("navigation", { name: "parts of the settings" });
    await parts.getByRole("link", { name: "Secrets" }).click();
    await page.waitForURL("**/projects/outside/settings/secrets");
    await page.getByText("No secret", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Set a secret" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Name").fill("API_TOKEN");
    await dialog.getByLabel("Value").fill("a-value-that-nobody-sees");
    await dialog.getByRole("button", { name: "Set the secret" }).click();
    await page.getByRole("table", { name: "Secrets" }).getByText("API_TOKEN").waitFor();
    await dialog.waitFor({ state: "hidden" });
    expect(await page.content()).not.toContain("a-value-that-nobody-sees");

    await parts.getByRole("link", { name: "Connections" }).click();
    await page.getByText("No connection", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Add a connection" }).click();
    const add = dialog.getByRole("button", { name: "Add the connection" });
    await add.hover();
    await page.getByRole("tooltip").getByText("Missing: a name, Host, Database, User, Password.").waitFor();
    await dialog.getByLabel("Name", { exact: false }).first().fill("warehouse");
    await dialog.getByLabel("Host").fill("127.0.0.1");
    await dialog.getByLabel("Port").fill("1");
    await dialog.getByLabel("Database").fill("sales");
    await dialog.getByLabel("User").fill("reader");
    await dialog.getByRole("textbox", { name: "Password" }).fill("another-secret-value");
    if (pictures) await mkdir(pictures, { recursive: true });
    if (pictures) await page.screenshot({ path: join(pictures, "connection-form.png") });
    await add.click();
    await dialog.waitFor({ state: "hidden" });
    await page.getByRole("button", { name: "Check warehouse" }).click();
    await page.getByText("warehouse does not work: 127.0.0.1:1: nothing answers there").waitFor();
    await page.getByText("start the server, or correct host and port").waitFor();
    expect(await page.content()).not.toContain("another-secret-value");
    if (pictures) {
      await page.screenshot({ path: join(pictures, "settings-light.png"), fullPage: true });
      await page.emulateMedia({ colorScheme: "dark" });
      await page.screenshot({ path: join(pictures, "settings-dark.png"), fullPage: true });
    }
    expect(complaints).toEqual([]);

    await page.getByRole("button", { name: "Change warehouse" }).click();
    expect(await dialog.getByLabel("Host").inputValue()).toBe("127.0.0.1");
    expect(await dialog.getByRole("textbox", { name: "Password" }).inputValue()).toBe("");
    await dialog.getByLabel("Host").fill("elsewhere");
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "hidden" });
    await page.getByRole("button", { name: "Change warehouse" }).click();
    expect(await dialog.getByLabel("Host").inputValue(), "what was not sent is forgotten").toBe("127.0.0.1");
    await page.keyboard.press("Escape");
    await page.goBack();
    await page.getByRole("button", { name: "Remove API_TOKEN" }).click();
    await dialog.getByRole("button", { name: "Remove the secret" }).click();
    await page.getByText("No secret", { exact: true }).waitFor();
  });
});
