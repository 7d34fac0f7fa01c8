import { writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { type Client, createClient } from "@pave/contract";
import { eventually } from "../support/eventually.ts";
import { ownToken } from "../support/own-token.ts";
import type { TestPlatform } from "../support/platform.ts";

/*
 * What pictures of a team's pages are of: people, accounts, credentials, talk, notifications and backups.
 */

interface Scene {
  readonly platform: TestPlatform;
  readonly project: string;
  readonly model: string;
  /** Of the version that is talked about and reviewed. */
  readonly version: string;
  readonly run: number;
  readonly plan: number;
}

/** A place that takes messages, and one beside it that is broken. */
export async function startHook(): Promise<{ url: string; close: () => Promise<void> }> {
  const server: Server = createServer((request, response) => {
    request.resume();
    response.writeHead(request.url === "/broken" ? 503 : 200).end(request.url === "/broken" ? "come back later" : "ok");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** People with roles, one invited, teams, service accounts, a trust, secrets, connections, a repository. */
export async function furnishTeam({ platform, project }: Pick<Scene, "platform" | "project">): Promise<void> {
  const { client, json } = platform;
  const people = { grace: "reviewer", dana: "developer", ada: "admin" } as const;
  for (const [name, role] of Object.entries(people)) {
    await json(["principals", "create", name]);
    await client.setMember({ params: { project, principal: await idOf(client, name) }, body: { role } });
  }
  await json(["teams", "create", "team-risk"]);
  await client.addTeamMember({ params: { team: "team-risk", principal: await idOf(client, "grace") } });
  await client.invitePerson({
    body: { email: "lin@example.com", name: "lin", teams: ["team-risk"], roles: { [project]: "reviewer" } },
  });
  await client.createServiceAccount({ params: { project }, body: { name: `${project}-batch`, role: "developer" } });
  const issuer = "https://token.actions.githubusercontent.com";
  await client.addTrust({
    params: { project },
    body: { issuer, repository: "acme/flights", branch: "main", pullRequests: true, role: "developer" },
  });
  await client.setSecret({ params: { project, secret: "WEATHER_TOKEN" }, body: { value: "nothing-to-be-seen" } });
  await client.setSecret({
    params: { project, secret: "WEATHER_TOKEN" },
    body: { value: "nothing-to-be-seen-either", environment: "staging" },
  });
  const warehouse = { host: "db.example.com", database: "sales", user: "reader" };
  await client.setConnection({
    params: { project, connection: "warehouse" },
    body: { type: "postgres", settings: { ...warehouse, tls: true }, password: "a-long-password" },
  });
  await client.setConnection({
    params: { project, connection: "lake" },
    body: { type: "s3", settings: { bucket: "flights", user: "AKIAEXAMPLE", tls: true }, password: "a-long-password" },
  });
  await client.connectRepository({
    params: { project },
    body: {
      url: "https://github.com/acme/flights",
      provider: "github",
      deployTo: "staging",
      accessToken: "x".repeat(40),
    },
  });
}

/** Has staging ask about every model version that comes to it. */
export async function askQuestions({ json, client, folder }: TestPlatform): Promise<void> {
  const { source } = await client.getEnvironment({ params: { environment: "staging" } });
  const file = join(folder, "staging.yaml");
  const asks = [
    '  - { id: intended-use, ask: "What is it for, and what not?" }',
    '  - { id: fairness, ask: "Who is worse off by its mistakes?", evidence: required }',
  ];
  await writeFile(file, `${source}reviews:\n${asks.join("\n")}\n`);
  await json(["environments", "apply", file, "--yes"]);
}

/** A thread on the run and on the plan, and a review that waits for its verdict. */
export async function talk({ platform, project, model, version, run, plan }: Scene): Promise<void> {
  const [grace, dana] = await Promise.all([as(platform, "grace"), as(platform, "dana")]);
  const params = { project };
  const say = (who: Client, subject: string, text: string, replyTo?: string) =>
    who.addComment({ params, body: { subject, text, ...(replyTo ? { replyTo } : {}) } });
  const asked = await say(grace, `plan/${plan}`, "@dana why is the recall of short flights lower than before?");
  await say(dana, `plan/${plan}`, `They are fewer since June: see run ${run}. \`late\` is unchanged.`, asked.id);
  await say(dana, `run/${run}`, "The first one with the corrected hours. @team-risk please look at the slices.");
  await say(grace, `model/${model}/${version}`, "Approved for staging only.");
}

export async function review({ platform, project, model, version }: Omit<Scene, "run" | "plan">, environment: string) {
  const dana = await as(platform, "dana");
  const { id } = await dana.requestReview({ params: { project, model, version }, body: { environment } });
  await dana.answerReview({
    params: { project, review: id ?? "", question: "intended-use" },
    body: {
      text: "Delays of departures, to plan crews. Not for passengers.",
      evidence: [{ kind: "link", url: "https://wiki.example.com/flights/use" }],
    },
  });
}

/** Two places that are told, of which one is broken, routes to them, and what a test of each said. */
export async function notify({ platform }: Pick<Scene, "platform">, hook: string): Promise<void> {
  const { client } = platform;
  const add = (name: string, path: string) =>
    client.addNotificationTarget({ body: { kind: "webhook", name, url: `${hook}${path}` } });
  const [works, broken] = [await add("ops-hook", "/hook"), await add("risk-desk", "/broken")];
  const route = (target: string, kinds: string[], tiers: string[], daily: boolean) =>
    client.addNotificationRoute({
      body: {
        target,
        kinds,
        tiers,
        schedule: daily
          ? { timeZone: "Europe/Berlin", quiet: null, digest: "daily", digestAt: "08:00" }
          : {
              timeZone: "Europe/Berlin",
              quiet: { from: "20:00", to: "07:00", urgentPasses: true },
              digest: "none",
              digestAt: "08:00",
            },
      } as Parameters<Client["addNotificationRoute"]>[0]["body"],
    });
  await route(works.target.id, ["approval-wanted", "rollback", "alert-opened"], [], false);
  await route(broken.target.id, ["approval-wanted"], ["critical"], false);
  await route(works.target.id, [], ["experimental"], true);
  for (const { target } of [works, broken])
    await client.testNotificationTarget({ params: { target: target.id } }).catch(() => undefined);
}

/** A backup that is looked through. */
export async function backUp({ platform: { client } }: Pick<Scene, "platform">): Promise<void> {
  const { id } = await client.createBackup({});
  const params = { backup: id };
  await eventually(
    "a backup",
    () => client.getBackup({ params }),
    ({ state }) => state === "succeeded",
  );
  await client.checkBackup({ params, body: { kind: "verify" } });
  await eventually(
    "its check",
    () => client.getBackup({ params }),
    ({ checks }) => checks.some(({ state }) => state === "passed"),
  );
}

const as = async (platform: TestPlatform, person: string): Promise<Client> =>
  createClient({ baseUrl: platform.url, token: await ownToken(platform, person) });

async function idOf(client: Client, name: string): Promise<string> {
  const { items } = await client.listPrincipals({});
  return items.find((one) => one.name === name)?.id ?? name;
}
