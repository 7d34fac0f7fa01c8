import type { Handlers } from "../../http/handlers.ts";
import { PaveError } from "../../kernel/pave-error.ts";
import { goOn } from "./advance-run.ts";
import { findAttempt } from "./attempt-store.ts";
import { attemptOwner } from "./create-attempts.ts";
import type { PipelinesDeps } from "./pipelines-deps.ts";
import { needsIsolation } from "./why-no-runner.ts";

/** What runners call. Every answer about work is judged by its fence; a runner has no other authority. */
export function runnerRoutes(deps: PipelinesDeps): Handlers {
  const { jobs, artifacts } = deps;
  return {
    async claimWork(ctx, { body }, io) {
      await jobs.seeRunner(ctx, body);
      if (body.isolation === "none" && (await needsIsolation(ctx))) {
        throw new PaveError(
          "isolation.unavailable",
          `The runner ${body.runnerId} cannot keep steps apart, and more than one person uses this platform`,
          {
            fix: "Start the runner as root, or install bubblewrap (bwrap), so that steps run under users of their own",
          },
        );
      }
      const { work, dropped, cancel } = await jobs.claimWork(ctx, body, io.signal);
      return { work: [...work], dropped: [...dropped], cancel: [...cancel] };
    },

    async heartbeatWork(ctx, { body }) {
      return { items: await jobs.heartbeatWork(ctx, body) };
    },

    async appendWorkLogs(ctx, { params, body }) {
      return { next: await jobs.appendWorkLogs(ctx, { workId: params.work, ...body }) };
    },

    takeWorkSecrets: (ctx, { params, body }) => jobs.takeSecrets(ctx, { workId: params.work, fence: body.fence }),

    async uploadWorkOutputs(ctx, { params, body }) {
      await jobs.assertHeld(ctx, { workId: params.work, fence: body.fence });
      const missing = new Set(
        await artifacts.missingBlobs(
          ctx,
          body.files.map((file) => file.digest),
        ),
      );
      const uploads = body.files.map(({ digest, size }) => ({
        digest,
        url: missing.has(digest) ? artifacts.signedPutUrl(digest, size) : null,
      }));
      return { uploads };
    },

    async finishWork(ctx, { params, body }) {
      const { ownerKind, ownerId } = await jobs.finishWork(ctx, { workId: params.work, ...body });
      if (ownerKind === attemptOwner) await goOn(deps, ctx, (await findAttempt(ctx, ownerId))?.runId);
      return { ok: true };
    },
  };
}
