import type { PythonWork } from "@pave/contract";
import type { Attempt } from "../attempt/attempt.ts";
import type { Host } from "../host.ts";
import type { Answer } from "../perform-work.ts";

/** Makes the environment of a lock ready for the steps that will name the same lock. */
export async function buildEnvironmentWork(host: Host, attempt: Attempt, work: PythonWork): Promise<Answer> {
  const { base, digest, tool, path, packages, seconds, lock } = await host.environments.ensure(
    host,
    attempt,
    work.python,
  );
  const interpreter = `${base.implementation} ${base.version}`;
  return {
    outcome: "succeeded",
    pythonEnvironment: {
      ...{ digest, interpreter, platform: base.platform, tool, path, packages: [...packages], seconds },
      ...(work.python.pinned === false ? { lock } : {}),
    },
  };
}
