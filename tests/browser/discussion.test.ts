import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSignInLink } from "../../packages/server/src/modules/access/index.ts";
import { type ApiHouse, createApiHouse } from "../../packages/server/src/rights/api-house.ts";
import { insertThings } from "../../packages/server/src/rights/things.ts";
import { browserPath, launchBrowser, type Person, signIn } from "../support/browser.ts";

const folder = join(import.meta.dirname, "..", "..", "packages", "portal", "dist");
/** Where pictures of every page are put, for looking at; none are taken without it. */
const pictures = process.env.PAVE_TEST_PICTURES;

/** The API with the portal on a real database; neither gateway nor runner is needed for what people say. */
describe.skipIf(!browserPath)("people in a browser", { timeout: 120_000 }, () => {
  let house: ApiHouse;
  let browser: Browser;
  let url: string;
  const open: Person[] = [];
  const come = async (id: string, colorScheme: "light" | "dark" = "light") => {
    const { link } = await createSignInLink(house.ctx, id);
    const person = await signIn(browser, `${url}/sign-in#${link}`, { colorScheme });
    open.push(person);
    return person;
  };
  const picture = async ({ page }: Person, name: string) => {
    if (pictures === undefined) return;
    await mkdir(pictures, { recursive: true });
    await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true });
  };
  const people: Record<string, Awaited<ReturnType<ApiHouse["person"]>>> = {};

  beforeAll(async () => {
    [house, browser] = await Promise.all([createApiHouse({ portal: { folder } }), launchBrowser()]);
    url = await house.listen();
    await insertThings(house.ctx, await house.project("flights"), 1);
    people.dev = await house.person("dev", { flights: "developer" });
    people.grace = await house.person("grace", { flights: "reviewer" });
    people.vera = await house.person("vera", { flights: "viewer" });
    people.ada = await house.person("ada", { flights: "admin" });
    const { body } = await house.send("GET", "/api/v1/environments/staging", house.admin);
    const yaml = `${body.source}reviews:\n  - { id: intended-use, ask: "What is it for?" }\n  - { id: fairness, ask: "Who could be worse off?", evidence: required }\n`;
    await house.send("POST", "/api/v1/environments/staging/plans", house.admin, { yaml });
    for (const loop of house.app.loops) if (loop.name === "plans") await loop.run(house.ctx);
    await house.ctx.db.deleteFrom("reviews").execute();
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await house?.close();
  });
  const id = (name: string): string => people[name]?.id ?? "";

  it("talk on a run with the keyboard, see each other's words live, and a viewer may only read", async () => {
    const [dev, grace] = [await come(id("dev")), await come(id("grace"), "dark")];
    for (const { page } of [dev, grace]) await page.goto(`${url}/projects/flights/plans/1`);
    await dev.page.getByText("Nobody has said anything yet").waitFor();
    await picture(dev, "discussion-empty");
    const field = dev.page.getByLabel("Say something");
    await field.click();
    await dev.page.keyboard.type("Is the threshold right, @gr");
    await dev.page.getByRole("option", { name: "@grace" }).waitFor();
    await picture(dev, "discussion-mention");
    await dev.page.keyboard.press("Enter");
    await dev.page.keyboard.type("? **It fell**.");
    await dev.page.keyboard.press("Control+Enter");
    await dev.page
      .getByRole("article", { name: "Comment by dev" })
      .getByText("Is the threshold right, @grace")
      .waitFor();
    expect(await field.inputValue()).toBe("");

    await grace.page.getByRole("article", { name: "Comment by dev" }).waitFor();
    await grace.page.getByRole("button", { name: "Answer" }).click();
    await grace.page.getByLabel("Answer").fill("It is: see run 1.");
    await grace.page.keyboard.press("Control+Enter");
    await dev.page.getByRole("article", { name: "Comment by grace" }).getByText("It is: see run 1.").waitFor();
    await picture(grace, "discussion-thread-dark");
    await dev.page.getByRole("button", { name: "Edit" }).click();
    await dev.page.getByLabel("Edit the comment").fill("Is it right?");
    await dev.page.keyboard.press("Control+Enter");
    await dev.page.getByRole("button", { name: "edited" }).click();
    await dev.page.getByRole("dialog").getByText("Is the threshold right, @grace").waitFor();
    await dev.page.keyboard.press("Escape");
    await grace.page.getByRole("button", { name: "Resolve" }).click();
    await grace.page.getByRole("button", { name: "dev: resolved by grace, 2 comments" }).waitFor();

    const vera = await come(id("vera"));
    await vera.page.goto(`${url}/projects/flights/plans/1`);
    await vera.page.getByText("You are viewer in flights; this takes developer or reviewer or admin").first().waitFor();
    expect(await vera.page.getByLabel("Say something").count()).toBe(0);
    await picture(vera, "discussion-viewer");
  });

  it("review a model version: asked for, answered with evidence, approved by somebody else", async () => {
    const dev = await come(id("dev"));
    await dev.page.goto(`${url}/projects/flights/models/flights-model/versions/1`);
    await dev.page.getByRole("button", { name: "Ask for a review" }).click();
    await dev.page.getByRole("button", { name: "Answer" }).first().click();
    await dev.page.getByLabel("Answer", { exact: true }).fill("Delays of flights");
    await dev.page.getByRole("button", { name: "Save" }).click();
    await dev.page.getByText("1 of 2 answered").waitFor();
    await dev.page.getByRole("button", { name: "Answer", exact: true }).click();
    const form = dev.page.getByRole("form", { name: "Answer to fairness" });
    await form.getByLabel("Answer", { exact: true }).fill("Nobody by more than 2 %");
    expect(await form.getByRole("button", { name: "Save" }).isDisabled()).toBe(true);
    await form.getByLabel("What it rests on").fill("run 1, https://example.org/report");
    await picture(dev, "review-answer");
    await form.getByRole("button", { name: "Save" }).click();
    await dev.page.getByText("2 of 2 answered").waitFor();

    const grace = await come(id("grace"), "dark");
    await grace.page.goto(`${url}/projects/flights/models/flights-model/versions/1`);
    await grace.page.getByRole("button", { name: "Approve" }).click();
    await grace.page.getByLabel("Why").fill("looked at the slices");
    await grace.page.getByRole("dialog").getByRole("button", { name: "Approve" }).click();
    await grace.page.getByText("looked at the slices").waitFor();
    await picture(grace, "review-approved-dark");
    await dev.page.getByText("grace approved").waitFor();
  });

  it("see who may do what and why, and hand a project over", async () => {
    const ada = await come(id("ada"));
    await ada.page.goto(`${url}/projects/flights/settings/rights`);
    const rights = ada.page.getByRole("table", { name: "Who may do what" });
    await rights.getByText("reviewer here").waitFor();
    await picture(ada, "project-settings");
    await ada.page.getByRole("combobox", { name: "Only those who may" }).fill("approve and reject plans");
    await ada.page.getByRole("option", { name: "approve and reject plans" }).click();
    await rights.getByText("dev", { exact: true }).waitFor({ state: "detached" });
    const dev = await come(id("dev"));
    await dev.page.goto(`${url}/projects/flights/settings/rights`);
    await dev.page.getByText("For admins of the project").waitFor();
    await picture(dev, "project-settings-developer");
  });

  it("leave only when somebody takes over what they alone held", async () => {
    await house.person("leaver", { flights: "developer" });
    await house.ctx.db
      .updateTable("runs")
      .set({
        state: "queued",
        requested_by: (await house.send("GET", "/api/v1/principals", house.admin)).body.items.find(
          (one: { name: string }) => one.name === "leaver",
        ).id,
      })
      .execute();
    const root = await house.ctx.db
      .selectFrom("principals")
      .select("id")
      .where("platform_admin", "=", true)
      .executeTakeFirstOrThrow();
    const admin = await come(root.id, "dark");
    await admin.page.goto(`${url}/settings/people`);
    await admin.page.getByRole("button", { name: "Remove leaver" }).click();
    const dialog = admin.page.getByRole("dialog");
    await dialog.getByText("run 1 of flights").waitFor();
    expect(await dialog.getByRole("button", { name: "Hand over and remove" }).isDisabled()).toBe(true);
    await dialog.getByLabel("Who takes over").click();
    await admin.page.getByRole("option", { name: "dev" }).click();
    await picture(admin, "hand-over-dark");
    await dialog.getByRole("button", { name: "Hand over and remove" }).click();
    await admin.page.getByRole("button", { name: "Remove leaver" }).waitFor({ state: "detached" });
    expect(open.flatMap(({ complaints }) => complaints)).toEqual([]);
  });
});
