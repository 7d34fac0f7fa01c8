import type { CommandWork } from "@pave/contract";
import type { FakeApi } from "./fake-api.ts";

type Given = Partial<Omit<CommandWork, "limits">> & { limits?: Partial<CommandWork["limits"]> };

/** A step that runs `script` as its step.py. */
export function pythonStep(api: FakeApi, script: string, given: Given = {}): CommandWork {
  return commandWork({ command: ["python", "step.py"], code: [api.file("step.py", script)], ...given });
}

export function commandWork(given: Given): CommandWork {
  const { limits, ...rest } = given;
  return {
    kind: "command",
    attempt: 1,
    project: "flight-delays",
    run: "run-1",
    step: "train",
    command: [],
    code: [],
    builtin: null,
    inputs: {},
    params: {},
    outputs: {},
    python: null,
    env: {},
    // of no matter where a test does not say so: interpreters start slowly on a machine that is busy
    limits: { timeoutMs: 250_000, memoryBytes: null, cpu: 1, ...limits },
    network: "egress",
    token: "pave_run_secret",
    ...rest,
  };
}
