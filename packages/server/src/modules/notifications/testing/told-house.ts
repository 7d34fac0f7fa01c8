import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import type { Role } from "@pave/contract";
import { json } from "../../../db/column-types.ts";
import { asActor, type Ctx, createContext } from "../../../db/context.ts";
import { createTestDatabase, type TestDatabase } from "../../../db/test-database.ts";
import { createAddressGuard, createGuardedFetch } from "../../../drivers/guarded-fetch/index.ts";
import type { Actor } from "../../../kernel/actor.ts";
import { newId } from "../../../kernel/ids.ts";
import { silentLogger } from "../../../kernel/logger.ts";
import { addTeamMember, createPrincipal, setProjectRole } from "../../access/index.ts";
import { recordEvent, sealLedger } from "../../ledger/index.ts";
import { openVault } from "../../secrets/index.ts";
import { createNotifications, type Notifications, type NotificationsDeps } from "../create-notifications.ts";
import { createSendMail } from "../send-mail.ts";

const people = ["ann", "bob", "ida", "mia"] as const;
type Name = (typeof people)[number];

export interface Received {
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/**
 * A project of the team ops (mia), with a developer (ann) and a reviewer (bob); a platform admin (ida); a place on
 * loopback that messages are sent to; and a clock that the test moves.
 */
export class ToldHouse {
  readonly db: TestDatabase;
  readonly ctx: Ctx;
  readonly folder = mkdtempSync(join(tmpdir(), "pave-told-"));
  readonly projectId = newId();
  readonly project = "flights";
  readonly actors = {} as Record<Name, Actor>;
  readonly received: Received[] = [];
  /** How the place answers, by path. */
  answer: (path: string, response: ServerResponse) => void = (_path, response) => void response.end("thanks");
  notifications!: Notifications;
  deps!: Omit<NotificationsDeps, "holder" | "days">;
  url = "";
  nowMs = Date.parse("2026-03-02T12:00:00Z");
  #end: (() => Promise<unknown>)[] = [];

  private constructor(db: TestDatabase) {
    this.db = db;
    this.ctx = createContext(db.database, { log: silentLogger, clock: { now: () => new Date(this.nowMs) } });
  }

  static async create(options: { readonly ca?: string } = {}): Promise<ToldHouse> {
    const house = new ToldHouse(await createTestDatabase());
    await house.#furnish();
    house.notifications = await house.worker(options);
    await house.tell();
    return house;
  }

  /** Another worker on the same database. */
  async worker({ ca, days = 90 }: { readonly ca?: string; readonly days?: number } = {}): Promise<Notifications> {
    const outbound = { allow: ["127.0.0.1", "mail.example"], http: true, resolve, ...(ca ? { ca } : {}) };
    this.deps = {
      vault: await openVault(this.ctx, { command: [], key: "", file: join(this.folder, "master-keys") }),
      fetch: createGuardedFetch(outbound),
      sendMail: createSendMail({ guard: createAddressGuard(outbound), ...(ca ? { ca } : {}), timeoutMs: 1000 }),
      portalUrl: () => "http://pave.test",
    };
    return createNotifications({ ...this.deps, holder: "test", days });
  }

  as(name: Name): Ctx {
    return asActor(this.ctx, this.actors[name]);
  }

  /** What is told of, as it is told of once it is sealed. */
  async happens(
    name: Name,
    event: {
      readonly type: string;
      readonly subjectId: string;
      /** The house's project unless said. */
      readonly projectId?: string | null;
      readonly data?: Record<string, unknown>;
      readonly result?: string;
    },
  ): Promise<void> {
    await recordEvent(this.as(name), {
      subjectType: event.type.split(".")[0] ?? "",
      projectId: this.projectId,
      ...event,
    });
    await this.tell();
  }

  async tell(): Promise<void> {
    // a transaction of another test, in another database of the server, puts sealing off
    while ((await this.#unsealed()) > 0) await sealLedger(this.ctx, "test");
    await this.notifications.listen(this.ctx);
  }

  /** Sends what is due, to the end. */
  async send(notifications = this.notifications): Promise<void> {
    await notifications.deliver(this.ctx);
    await notifications.settled();
  }

  /** An alert of the deployment late in production opens. */
  async alert(number = 1, more: Record<string, unknown> = {}): Promise<void> {
    const data = {
      number,
      kind: "inputs",
      severity: "ticket",
      title: "inputs of late drift",
      environment: "production",
    };
    await this.happens("ida", {
      type: "alert.opened",
      subjectId: newId(),
      data: { ...data, deployment: "late", ...more },
    });
  }

  async plan(
    number: number,
    author: Name,
    more: { readonly state?: string; readonly quorum?: number } = {},
  ): Promise<string> {
    const id = newId();
    await this.ctx.db
      .insertInto("plans")
      .values({
        ...{ id, project_id: this.projectId, number, environment: "production", title: "Release late" },
        ...{
          state: (more.state ?? "open") as "open",
          request: json({}),
          hash: "h",
          author: this.actors[author].principalId,
        },
        approval_rule: json({ roles: ["reviewer"], quorum: more.quorum ?? 1, selfApproval: false }),
      })
      .execute();
    await this.happens(author, { type: "plan.created", subjectId: id, data: { number, environment: "production" } });
    return id;
  }

  /** A run of the pipeline train that fails. */
  async run(starter: Name, number: number, actorKind: Actor["actorKind"] = "person"): Promise<{ project: string }> {
    const { projectId, project } = this;
    const [id, revisionId] = [newId(), newId()];
    const { principalId } = this.actors[starter];
    const { id: runPrincipal } = await createPrincipal(this.ctx, { kind: "run", name: `${project} #${number}` });
    const revision = { id: revisionId, project_id: projectId, number, digest: newId(), files: json([]) };
    await this.ctx.db
      .insertInto("revisions")
      .values({ ...revision, file_count: 0, bytes: 0, created_by: "system" })
      .execute();
    await this.ctx.db
      .insertInto("runs")
      .values({
        ...{ id, project_id: projectId, number, pipeline: "train", revision_id: revisionId, state: "failed" as const },
        ...{ requested_by: principalId, principal_id: runPrincipal },
      })
      .execute();
    const started = asActor(this.ctx, { ...this.actors[starter], actorKind });
    const subject = { subjectType: "run", subjectId: id, projectId };
    await recordEvent(started, { type: "run.requested", ...subject });
    const data = { number, kind: "pipeline", pipeline: "train", message: "step train: exit code 1" };
    await recordEvent(this.ctx, { type: "run.finished", ...subject, result: "failed", data });
    await this.tell();
    return { project };
  }

  async close(): Promise<void> {
    await this.notifications.stop();
    for (const end of this.#end.reverse()) await end();
    rmSync(this.folder, { recursive: true });
  }

  async #unsealed(): Promise<number> {
    const { rows } = await this.db.database.pool.query(
      "select count(*)::int as n from ledger_events e where not exists (select from ledger_seals s where s.event_id = e.id)",
    );
    return rows[0].n;
  }

  async #furnish(): Promise<void> {
    this.#end.push(() => this.db.drop());
    const { ctx, projectId } = this;
    for (const name of people) {
      const platformAdmin = name === "ida";
      const { id } = await createPrincipal(ctx, { kind: "user", name, platformAdmin, email: `${name}@example.com` });
      const grant = { tokenId: "t", tokenKind: "session", platformAdmin, scopes: null, projectId: null } as const;
      this.actors[name] = { principalId: id, kind: "user", name, actorKind: "person", grant };
    }
    await createPrincipal(ctx, { kind: "team", name: "ops" });
    await addTeamMember(ctx, { team: "ops", member: "mia" });
    await ctx.db
      .insertInto("environments")
      .values({ name: "production", spec: json({}), source: "", updated_by: "system" })
      .execute();
    await ctx.db
      .insertInto("projects")
      .values({ id: projectId, name: this.project, title: "", owner: "ops", tier: "critical", created_by: "system" })
      .execute();
    const role = (name: Name, role: Role) =>
      setProjectRole(ctx, { projectId, principalId: this.actors[name].principalId, role });
    await role("ann", "developer");
    await role("bob", "reviewer");

    const server = createServer(async (request, response) => {
      const path = request.url ?? "";
      this.received.push({ path, headers: request.headers, body: await text(request) });
      this.answer(path, response);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    this.#end.push(() => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    });
  }
}

/** `*.example` are names that a test gives a meaning to. */
let answers: readonly string[] = ["127.0.0.1"];
const resolve = async (): Promise<readonly string[]> => answers;
export const nextAddresses = (addresses: readonly string[]): void => {
  answers = addresses;
};
