import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FileEntry } from "@pave/contract";
import { asActor, type Ctx, createContext } from "../../../db/context.ts";
import { createTestDatabase } from "../../../db/test-database.ts";
import { createJobs, type Jobs } from "../../../jobs/index.ts";
import { digestOf } from "../../../kernel/ids.ts";
import { silentLogger } from "../../../kernel/logger.ts";
import { systemClock } from "../../../kernel/time.ts";
import { createPrincipal, ensurePrincipal } from "../../access/index.ts";
import {
  type Artifacts,
  createArtifacts,
  createFolderStore,
  holdBlobs,
  loadSigningKey,
} from "../../artifacts/index.ts";
import { type Components, createComponents } from "../../components/index.ts";
import { createProjects, type Projects, type ProjectsOptions } from "../create-projects.ts";

export const repository = join(import.meta.dirname, "../../../../../..");

export interface ProjectsHouse {
  readonly ctx: Ctx;
  readonly artifacts: Artifacts;
  readonly components: Components;
  readonly jobs: Jobs;
  readonly projects: Projects;
  readonly storeFolder: string;
  /** A context of a new user; an admin of the platform when asked for. */
  user(name: string, options?: { readonly platformAdmin?: boolean }): Promise<Ctx>;
  /** Stores the contents, as if each user had uploaded them, and gives their entries. */
  files(contents: Readonly<Record<string, string | Buffer>>): Promise<FileEntry[]>;
  close(): Promise<void>;
}

/** The projects module with real parts beneath it: database, folder store, component library, templates. */
export async function createProjectsHouse(options: Partial<ProjectsOptions> = {}): Promise<ProjectsHouse> {
  const db = await createTestDatabase();
  const storeFolder = await mkdtemp(join(tmpdir(), "pave-projects-"));
  const ctx = createContext(db.database, { log: silentLogger });
  await ensurePrincipal(ctx, { kind: "service-account", name: "pave", id: "system" });
  const signingKey = await loadSigningKey(ctx);
  const artifacts = createArtifacts({
    store: await createFolderStore({ folder: storeFolder }),
    signingKey,
    clock: systemClock,
  });
  const components = createComponents({ artifacts });
  await components.loadBuiltinComponents(ctx, join(repository, "components"));
  const jobs = createJobs();
  const projects = await createProjects({
    artifacts,
    components,
    jobs,
    templatesFolder: join(repository, "templates"),
    checkGate: (expression) =>
      expression.includes("nonsense")
        ? [{ message: `\`${expression}\`: nonsense is unknown here`, fix: "use metrics" }]
        : [],
    facts: async () => new Map(),
    waiting: async () => [],
    ...options,
  });
  const userIds: string[] = [];
  return {
    ctx,
    artifacts,
    components,
    jobs,
    projects,
    storeFolder,
    async user(name, { platformAdmin = false } = {}) {
      const { id } = await createPrincipal(ctx, { kind: "user", name, platformAdmin });
      userIds.push(id);
      const grant = { tokenId: null, tokenKind: "session", platformAdmin, scopes: null, projectId: null } as const;
      return asActor(ctx, { principalId: id, kind: "user", name, actorKind: "person", grant });
    },
    files: (contents) =>
      Promise.all(
        Object.entries(contents).map(async ([path, content]) => {
          const bytes = Buffer.from(content);
          await artifacts.storeBytes(ctx, bytes);
          for (const id of userIds) await holdBlobs(ctx, id, [digestOf(bytes)]);
          return { path, digest: digestOf(bytes), size: bytes.length, executable: false };
        }),
      ),
    async close() {
      await jobs.close();
      await db.drop();
      await rm(storeFolder, { recursive: true, force: true });
    },
  };
}
