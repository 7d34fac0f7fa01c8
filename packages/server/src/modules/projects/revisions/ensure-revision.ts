import type { Ctx } from "../../../db/context.ts";
import { type Artifacts, holdBlobs } from "../../artifacts/index.ts";
import { specPath } from "../parse-project-spec.ts";
import { findProjects } from "../projects-store.ts";
import { pushRevision } from "./push-revision.ts";
import { findRevision } from "./revisions-store.ts";

/**
 * Gives a project that was never pushed its first revision: a pave.yaml that says only whose it is. What a notebook
 * logged is released with it, and whoever pushes a folder later replaces it.
 */
export async function ensureRevision(
  ctx: Ctx,
  artifacts: Artifacts,
  project: { readonly id: string; readonly name: string },
): Promise<void> {
  if (await findRevision(ctx, project.id, "latest")) return;
  const [row] = await findProjects(ctx, { name: project.name });
  if (!row) return;
  const text = [
    "apiVersion: pave/v1",
    "kind: project",
    `name: ${row.name}`,
    `owner: ${JSON.stringify(row.owner)}`,
    `tier: ${row.tier}`,
    "",
  ].join("\n");
  const { digest, size } = await artifacts.storeBytes(ctx, text);
  await holdBlobs(ctx, project.id, [digest]);
  const files = [{ path: specPath, digest, size, executable: false }];
  await pushRevision(ctx, artifacts, {
    project,
    files,
    git: null,
    message: "made for a model that was deployed by itself",
  });
}
