import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  clientSecret,
  startTestProvider,
  type TestProvider,
} from "../../packages/server/src/modules/people/testing/test-provider.ts";
import { browserPath, launchBrowser, type Person, signIn } from "../support/browser.ts";
import { startPlatform, type TestPlatform } from "../support/platform.ts";

const good = "four words nobody guesses";
const better = "five words that nobody guesses";

/** How a team comes in: an invitation with a password, an OpenID provider, what goes wrong there, and how somebody leaves. */
describe.skipIf(!browserPath)("people in a browser", { timeout: 120_000 }, () => {
  let provider: TestProvider;
  let platform: TestPlatform;
  let browser: Browser;
  let admin: Person;
  let folder: string;
  let grace: Page;

  const open = async (address: string): Promise<Page> => {
    const page = await (await browser.newContext({ viewport: { width: 1280, height: 860 } })).newPage();
    page.setDefaultTimeout(60_000);
    await page.goto(address);
    return page;
  };
  const home = (page: Page) => page.getByRole("heading", { name: "Home", level: 1 }).waitFor();
  const enterPassword = async (page: Page, account: string, password: string) => {
    const form = page.getByRole("form", { name: "Sign in with a password" });
    await form.getByLabel("E-mail or name").fill(account);
    await form.getByLabel("Password", { exact: true }).fill(password);
    await form.getByRole("button", { name: "Sign in" }).click();
  };
  const enterAtProvider = async (page: Page, login: string) => {
    await page.getByRole("link", { name: "Continue with Example ID" }).click();
    await page.locator('input[name="login"]').fill(login);
    await page.locator('input[name="password"]').fill("x");
    await page.locator('button[type="submit"]').first().click();
  };

  beforeAll(async () => {
    [provider, folder, browser] = await Promise.all([
      startTestProvider(),
      mkdtemp(join(tmpdir(), "pave-people-")),
      launchBrowser(),
    ]);
    await writeFile(join(folder, "secret"), clientSecret);
    await writeFile(
      join(folder, "groups.yaml"),
      "apiVersion: pave/v1\nkind: groups\ngroups:\n  ml: { teams: [team-ml] }\n",
    );
    platform = await startPlatform({
      environment: {
        PAVE_OIDC_ISSUER: provider.issuer,
        PAVE_OIDC_CLIENT_ID: "pave",
        PAVE_OIDC_CLIENT_SECRET_FILE: join(folder, "secret"),
        PAVE_OIDC_SCOPES: "openid email profile groups",
        PAVE_OIDC_NAME: "Example ID",
        PAVE_OIDC_GROUPS_FILE: join(folder, "groups.yaml"),
        PAVE_OIDC_TIMEOUT_SECONDS: "2",
      },
    });
    provider.register(platform.url);
    await platform.json(["teams", "create", "team-ml"]);
    admin = await signIn(browser, platform.signInUrl);
  }, 240_000);
  afterAll(async () => {
    await browser?.close();
    await platform?.remove();
    await provider?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it("an admin invites somebody, who sets a password and is in", async () => {
    const { page } = admin;
    await page.goto(`${platform.url}/settings/people`);
    await page.getByRole("button", { name: "Invite" }).click();
    const dialog = page.getByRole("dialog", { name: "Invite somebody" });
    await dialog.getByLabel("E-mail").fill("grace@example.com");
    await dialog.getByRole("button", { name: "Make the invitation" }).click();
    const link = (await page.getByText(/\/invitation#pave_invite_/).textContent()) ?? "";
    await page.getByRole("table", { name: "Invitations" }).getByText("grace@example.com").waitFor();

    grace = await open(link);
    await grace.getByText("grace, grace@example.com").waitFor();
    expect(grace.url()).toBe(`${platform.url}/invitation`);
    const form = grace.getByRole("form", { name: "Accept with a password" });
    await form.getByLabel("A password of your own").fill("short");
    await form.getByRole("button", { name: "Accept the invitation" }).click();
    await grace.getByText("The password has 5 characters: expected at least 12").waitFor();
    await form.getByLabel("A password of your own").fill(good);
    await form.getByRole("button", { name: "Accept the invitation" }).click();
    await home(grace);

    await page.reload();
    const people = page.getByRole("table", { name: "People" });
    await people.getByRole("row", { name: /grace@example\.com.*password/ }).waitFor();
    expect(await page.getByRole("table", { name: "Invitations" }).count()).toBe(0);
    const again = await open(link);
    await again.getByText("The invitation is not valid").waitFor();
    await again.context().close();
  });

  it("who was signed out comes back by their password to where they were, and changes it", async () => {
    await grace.goto(`${platform.url}/projects`);
    await grace.getByRole("button", { name: "Account of grace" }).click();
    await grace.getByRole("menuitem", { name: "Sign out" }).click();
    await grace.getByRole("heading", { name: "Sign in" }).waitFor();
    await grace.goto(`${platform.url}/settings`);
    await enterPassword(grace, "grace", "not the right one");
    await grace.getByText("Account and password do not fit together").waitFor();
    await enterPassword(grace, "grace@example.com", good);
    await grace.getByRole("heading", { name: "Settings", level: 1 }).waitFor();
    await grace.getByText("You sign in with a password as grace@example.com.").waitFor();

    const other = await open(`${platform.url}/sign-in`);
    await enterPassword(other, "grace", good);
    await home(other);
    await grace.reload();
    await grace.getByRole("button", { name: /^End the session of Chrome/ }).waitFor();
    await grace.getByRole("button", { name: "Change password" }).click();
    const dialog = grace.getByRole("dialog", { name: "Change password" });
    await dialog.getByLabel("Current password").fill(good);
    await dialog.getByLabel("New password").fill(better);
    await dialog.getByRole("button", { name: "Change password" }).click();
    await grace.getByRole("button", { name: /^End the session of Chrome/ }).waitFor({ state: "detached" });
    await other.reload();
    await other.getByRole("heading", { name: "Sign in" }).waitFor();
    await other.context().close();
  });

  it("an invited person comes in at the provider and lands where they wanted to go, in the team of their group", async () => {
    provider.people.set("ada", { email: "ada@example.com", email_verified: true, groups: ["ml"] });
    await platform.json(["users", "invite", "ada@example.com", "--name", "ada"]);
    const ada = await open(`${platform.url}/environments`);
    await enterAtProvider(ada, "ada");
    await ada.getByRole("heading", { name: "Environments", level: 1 }).waitFor();
    expect(ada.url()).toBe(`${platform.url}/environments`);
    await ada.goto(`${platform.url}/settings`);
    await ada.getByText("You sign in at Example ID as ada@example.com.").waitFor();
    const { members } = await platform.json<{ members: object[] }>(["teams", "show", "team-ml"]);
    expect(members).toEqual([expect.objectContaining({ name: "ada", byGroup: true })]);
    // signing out here goes on to the provider's own sign-out
    await ada.getByRole("button", { name: "Account of ada" }).click();
    await ada.getByRole("menuitem", { name: "Sign out" }).click();
    await ada.waitForURL(`${provider.issuer}/session/end**`);
    await ada.context().close();
  });

  it("what goes wrong at the provider is told on the sign-in page, with what to do", async () => {
    provider.people.set("mallory", { email: "mallory@example.com", email_verified: true });
    const mallory = await open(`${platform.url}/sign-in`);
    await enterAtProvider(mallory, "mallory");
    await mallory.getByText("Nobody has invited you yet").waitFor();
    provider.wrong.down = true;
    await mallory.getByRole("link", { name: "Continue with Example ID" }).click({ noWaitAfter: true });
    await mallory.waitForTimeout(300);
    // known metadata still lead to the provider, whose page does not come: the platform's own works on
    await mallory.goto(`${platform.url}/oidc/callback?code=x&state=y`);
    await mallory.getByText("This sign-in is over").waitFor();
    provider.behave();
    await enterPassword(mallory, "grace", better);
    await home(mallory);
    await mallory.context().close();
  });

  it("an admin removes somebody after seeing what stays behind; they are out at once", async () => {
    const { page } = admin;
    await page.goto(`${platform.url}/settings/people`);
    await page.getByRole("button", { name: "Remove grace" }).click();
    const dialog = page.getByRole("dialog", { name: "Remove grace?" });
    await dialog.getByText(/signed out at once and cannot come in again/).waitFor();
    await dialog.getByRole("button", { name: "Remove", exact: true }).click();
    await page.getByRole("button", { name: "Remove grace" }).waitFor({ state: "detached" });
    await grace.reload();
    await grace.getByRole("heading", { name: "Sign in" }).waitFor();
    expect(admin.complaints).toEqual([]);
    const ada = "ada@example.com";
    const held = await platform.json<{ items: object[] }>(["users", "remove", ada, "--dry-run"]);
    expect(held.items).toEqual([]);
    const { ended } = await platform.json<{ ended: object }>(["users", "remove", ada]);
    expect(ended).toMatchObject({ sessions: 0 });
  });

  it("signs out everywhere", async () => {
    const { page } = admin;
    await page.goto(`${platform.url}/settings`);
    await page.getByRole("button", { name: "Sign out everywhere" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Sign out everywhere" }).click();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    await page.getByText("pave open").waitFor();
  });
});
