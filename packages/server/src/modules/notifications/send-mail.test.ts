import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { createTargetBody, scheduleSchema } from "@pave/contract";
import { SMTPServer } from "smtp-server";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createAddressGuard } from "../../drivers/guarded-fetch/index.ts";
import { showDeliveries } from "./deliveries.ts";
import { getPreferences, setPreferences } from "./preferences.ts";
import { addRoute } from "./routes.ts";
import { createSendMail, type MailMessage } from "./send-mail.ts";
import { addTarget, testTarget } from "./targets.ts";
import { ToldHouse } from "./testing/told-house.ts";

const folder = mkdtempSync(join(tmpdir(), "pave-mail-"));
const mails: { to: string[]; raw: string; secure: boolean; user: string | undefined }[] = [];
let house: ToldHouse;
let servers: { readonly starttls: SMTPServer; readonly tls: SMTPServer };
let refuses = false;
let ca = "";

beforeAll(async () => {
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  execFileSync(
    "openssl",
    [
      ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"],
      ...["-keyout", key, "-out", cert, "-subj", "/CN=mail.example", "-addext", "subjectAltName=DNS:mail.example"],
    ],
    { stdio: "ignore" },
  );
  ca = readFileSync(cert, "utf8");
  const serve = (secure: boolean) =>
    new SMTPServer({
      ...{ secure, key: readFileSync(key), cert: ca, authOptional: true, logger: false },
      onAuth: ({ username, password }, _session, done) =>
        password === "s3cret-pass" ? done(null, { user: username }) : done(new Error("wrong password s3cret?")),
      onData: async (stream, { envelope, secure, user }, done) => {
        const raw = await text(stream);
        if (refuses) return done(Object.assign(new Error("mailbox full"), { responseCode: 452 }));
        mails.push({
          to: envelope.rcptTo.map(({ address }) => address),
          raw,
          secure,
          user: user as string | undefined,
        });
        done();
      },
    });
  servers = { starttls: serve(false), tls: serve(true) };
  for (const server of Object.values(servers)) {
    server.on("error", () => undefined);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  }
  house = await ToldHouse.create({ ca });
});
afterAll(async () => {
  await house.close();
  for (const server of Object.values(servers)) await new Promise<void>((resolve) => server.close(() => resolve()));
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  mails.length = 0;
  refuses = false;
});

const portOf = (kind: keyof typeof servers): number => (servers[kind].server.address() as { port: number }).port;
const mail = (more: Partial<MailMessage> = {}): MailMessage => ({
  ...{ host: "mail.example", port: portOf("starttls"), security: "starttls", user: "pave", password: "s3cret-pass" },
  ...{ from: "pave@example.com", to: ["ops@example.com"], id: "id-1", subject: "[Pave] hello", text: "Grüße\n" },
  ...more,
});
const loopback = createAddressGuard({ allow: ["127.0.0.1"], resolve: async () => ["127.0.0.1"] });

describe("mail", () => {
  const send = (more?: Partial<MailMessage>) => createSendMail({ guard: loopback, ca, timeoutMs: 1000 })(mail(more));

  it.each(["starttls", "tls"] as const)("goes out by %s, signed in, with an id of its own", async (security) => {
    expect(await send({ security, port: portOf(security) })).toMatchObject({ ok: true, status: 250 });
    expect(mails).toMatchObject([{ to: ["ops@example.com"], secure: true, user: "pave" }]);
    expect(mails[0]?.raw).toMatch(/^Message-ID: <id-1@example.com>$/m);
    expect(mails[0]?.raw).toMatch(/^Subject: \[Pave\] hello$/m);
  });

  it("that a server refuses, or nobody is signed in for, is an answer", async () => {
    refuses = true;
    expect(await send()).toMatchObject({ ok: false, status: 452, answer: expect.stringContaining("mailbox full") });
    expect(await send({ password: "wrong" })).toMatchObject({ ok: false, status: 535 });
  });

  it("goes to nobody who shows another name's certificate, or one that nobody vouches for", async () => {
    const other = await send({ host: "other.example" });
    expect(other).toMatchObject({ ok: false, answer: expect.stringContaining("other.example") });
    const untrusting = createSendMail({ guard: loopback, timeoutMs: 1000 });
    expect(await untrusting(mail())).toMatchObject({ ok: false, answer: expect.stringContaining("self-signed") });
    expect(mails).toEqual([]);
  });

  it("goes to no private address, and unencrypted only where that is allowed", async () => {
    const strict = createSendMail({ guard: createAddressGuard({ allow: [], resolve: async () => ["10.0.0.25"] }) });
    await expect(strict(mail())).rejects.toMatchObject({ code: "network.refused" });
    await expect(strict(mail({ security: "none" }))).rejects.toThrow("without encryption");
  });

  it("is given up where a server hangs", async () => {
    const sockets: Socket[] = [];
    const hanging: Server = createServer((socket) => void sockets.push(socket));
    await new Promise<void>((resolve) => hanging.listen(0, "127.0.0.1", resolve));
    const { port } = hanging.address() as { port: number };
    const began = performance.now();
    expect(await send({ port })).toMatchObject({ ok: false, status: null });
    expect(performance.now() - began).toBeLessThan(4000);
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => hanging.close(resolve));
  });

  it("lets no name or title into its headers", async () => {
    await send({ subject: "hello\r\nBcc: evil@example.com" });
    expect(mails[0]?.to).toEqual(["ops@example.com"]);
    expect(mails[0]?.raw).not.toMatch(/^Bcc:/im);
  });
});

describe("mail of notifications", () => {
  it("goes to addresses by a route, and to people who chose it", async () => {
    await addTarget(
      house.deps,
      house.as("ida"),
      createTargetBody.parse({
        ...{ kind: "email", name: "mail", host: "mail.example", port: portOf("starttls"), user: "pave" },
        ...{ password: "s3cret-pass", from: "pave@example.com", to: ["ops@example.com"], forPeople: true },
      }),
    );
    await addRoute(house.as("ida"), {
      ...{ target: "mail", kinds: ["alert-opened"], tiers: [], schedule: scheduleSchema.parse({}) },
    });
    await setPreferences(house.as("ann"), { ...(await getPreferences(house.as("ann"))), mail: [] });
    await house.alert(3);
    await house.send();
    expect(mails.map(({ to }) => to.join()).sort()).toEqual(["mia@example.com", "ops@example.com"]);
    expect(mails[0]?.raw).toContain("Alert opened: inputs of late drift");
    // long lines are broken and put together again
    expect(mails[0]?.raw.replaceAll("=\r\n", "")).toContain("http://pave.test/projects/flights/monitoring/alerts/3");
    const { items } = await showDeliveries(house.as("ida"), { limit: 9 });
    expect(items.map(({ person, state }) => [person?.name ?? null, state]).sort()).toEqual([
      [null, "delivered"],
      ["mia", "delivered"],
    ]);
    expect(JSON.stringify(items)).not.toContain("s3cret");
    expect(await testTarget(house.deps, house.as("ida"), "mail")).toMatchObject({ ok: true, status: 250 });
  });
});
