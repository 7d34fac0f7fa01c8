import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Ctx, createContext, inTransaction } from "../../db/context.ts";
import { createTestDatabase, type TestDatabase } from "../../db/test-database.ts";
import { newId } from "../../kernel/ids.ts";
import { silentLogger } from "../../kernel/logger.ts";
import type { Provisioner, ResourceType, WantedResource } from "./provisioner.ts";

export interface ProvisionerHarness {
  readonly provisioner: Provisioner;
  /** Is the thing really there? */
  exists(ctx: Ctx, wanted: WantedResource, outputs: Readonly<Record<string, string>>): Promise<boolean>;
  /** Puts something into it that must not be lost; false where nothing can be put in. */
  fill(ctx: Ctx, wanted: WantedResource, outputs: Readonly<Record<string, string>>): Promise<boolean>;
  close(): Promise<void>;
}

/** What every provisioner keeps. `lasting` names types that are never taken away again. */
export function testProvisioner(
  name: string,
  open: () => Promise<ProvisionerHarness>,
  lasting: readonly ResourceType[],
): void {
  describe(`the provisioner ${name}`, () => {
    let db: TestDatabase;
    let ctx: Ctx;
    let harness: ProvisionerHarness;
    const { signal } = new AbortController();
    beforeAll(async () => {
      db = await createTestDatabase();
      ctx = createContext(db.database, { log: silentLogger });
      harness = await open();
    });
    afterAll(async () => {
      await harness.close();
      await db.drop();
    });

    const wish = (type: ResourceType, more: Partial<WantedResource> = {}): WantedResource => ({
      projectId: newId(),
      project: `p${newId().slice(-8)}`,
      environment: "staging",
      type,
      name: "features",
      class: "small",
      limits: {},
      ...more,
    });
    const apply = (wanted: WantedResource) =>
      inTransaction(ctx, (ctx) => harness.provisioner.apply(ctx, wanted, signal));
    const undo = (wanted: WantedResource) => inTransaction(ctx, (ctx) => harness.provisioner.undo(ctx, wanted, signal));
    const isThere = (wanted: WantedResource) => harness.exists(ctx, wanted, harness.provisioner.plan(wanted).outputs);
    const types = () => harness.provisioner.types;

    it("plans without making anything, and the same each time", async () => {
      for (const type of types()) {
        const wanted = wish(type);
        const planned = harness.provisioner.plan(wanted);
        expect(planned).toEqual(harness.provisioner.plan({ ...wanted }));
        expect(planned.title).not.toBe("");
        expect(planned.undo).not.toBe("");
        if (type !== "quota") expect(await isThere(wanted)).toBe(false);
      }
    });

    it("makes what it planned; doing it again changes nothing", async () => {
      for (const type of types()) {
        const wanted = wish(type);
        await apply(wanted);
        await apply(wanted);
        expect(await isThere(wanted), type).toBe(true);
      }
    });

    it("keeps projects, environments and names apart", () => {
      for (const type of types().filter((candidate) => candidate !== "quota")) {
        const wishes = [
          wish(type, { project: "a", environment: "b-c" }),
          wish(type, { project: "a", environment: "d" }),
          wish(type, { project: "e", environment: "b-c" }),
        ];
        const outputs = wishes.map((wanted) => JSON.stringify(harness.provisioner.plan(wanted).outputs));
        expect(new Set(outputs).size, type).toBe(wishes.length);
      }
      const long = (project: string) =>
        wish("postgres", { project: project.padEnd(63, "x"), environment: "y".repeat(63) });
      if (types().includes("postgres"))
        expect(harness.provisioner.plan(long("a")).outputs).not.toEqual(harness.provisioner.plan(long("b")).outputs);
    });

    it("takes away what it made, once and again, also what was never made", async () => {
      for (const type of types()) {
        const wanted = wish(type);
        await undo(wanted);
        await apply(wanted);
        await undo(wanted);
        await undo(wanted);
        if (!lasting.includes(type)) expect(await isThere(wanted), type).toBe(false);
        await apply(wanted);
        expect(await isThere(wanted), type).toBe(true);
      }
    });

    it("never takes away data", async () => {
      for (const type of types()) {
        const wanted = wish(type);
        await apply(wanted);
        if (!(await harness.fill(ctx, wanted, harness.provisioner.plan(wanted).outputs))) continue;
        await undo(wanted);
        expect(await isThere(wanted), type).toBe(true);
      }
    });
  });
}
