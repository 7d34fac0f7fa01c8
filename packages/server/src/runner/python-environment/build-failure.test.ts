import { describe, expect, it } from "vitest";
import { explainBuildFailure } from "./build-failure.ts";

/** What uv 0.13 and pip 23 really said. */
const said = {
  uvNoWheel: `error: No solution found when resolving dependencies
  cause: Because docopt==0.6.2 has no usable wheels and you require docopt==0.6.2, we can conclude that your requirements are unsatisfiable.
hint: Wheels are required for \`docopt\` because building from source is disabled for all packages (i.e., with \`--no-build\`)`,
  uvMissing: `error: No solution found when resolving dependencies
  cause: Because no-such-xyz was not found in the package registry and you require no-such-xyz==1.0.0, we can conclude that your requirements are unsatisfiable.`,
  uvVersion: `error: No solution found when resolving dependencies
  cause: Because there is no version of six==99.0.0 and you require six==99.0.0, we can conclude that your requirements are unsatisfiable.`,
  uvConflict: `error: No solution found when resolving dependencies
  cause: Because pandas==2.2.0 depends on numpy>=1.23 and you require numpy==1.20.0, we can conclude that your requirements are unsatisfiable.`,
  uvNetwork: `error: Request failed after 3 retries in 12.9s
  cause: Failed to fetch: https://127.0.0.1:1/simple/six/
  cause: error sending request for url (https://127.0.0.1:1/simple/six/)
  cause: client error (Connect)`,
  pipNetwork: `WARNING: Retrying (Retry(total=0)) after connection broken by 'NewConnectionError('<HTTPSConnection>: Failed to establish a new connection: [Errno 111] Connection refused')': /simple/six/
ERROR: Could not find a version that satisfies the requirement six==1.17.0 (from versions: none)
ERROR: No matching distribution found for six==1.17.0`,
  pipMissing: "ERROR: No matching distribution found for six==99.0.0",
  full: "error: Failed to install: x.whl\n  cause: No space left on device (os error 28)",
  odd: "Traceback (most recent call last):\n  File x\nValueError: odd",
};

const explain = (text: string) => explainBuildFailure(text, "requirements.lock");

describe("explainBuildFailure", () => {
  it.each([
    [said.uvNoWheel, "source", "requirements.lock: docopt==0.6.2 has no wheel for this machine and Python"],
    [said.uvMissing, "final", "requirements.lock: no-such-xyz==1.0.0 cannot be had from the package index"],
    [said.uvVersion, "final", "requirements.lock: six==99.0.0 cannot be had from the package index"],
    [
      said.uvConflict,
      "final",
      "requirements.lock: the packages in requirements.lock do not fit together: Because pandas==2.2.0 depends on numpy>=1.23 and you require numpy==1.20.0; lock again",
    ],
    [
      said.uvNetwork,
      "final",
      "requirements.lock: the package index cannot be reached (Failed to fetch: https://127.0.0.1:1/simple/six/); check the network",
    ],
    [said.pipNetwork, "final", "requirements.lock: the package index cannot be reached (NewConnectionError"],
    [said.pipMissing, "source", "requirements.lock: six==99.0.0 cannot be had"],
    [said.full, "final", "requirements.lock: the disk is full"],
    [said.odd, "final", "requirements.lock: the environment could not be built: ValueError: odd; see the log"],
    ["", "final", "requirements.lock: the environment could not be built: the installer gave no reason; see the log"],
  ])("%#", (text, kind, message) => {
    const item = /(docopt|six)==[\d.]+/.exec(message)?.[0];
    expect(explain(text)).toEqual({
      kind,
      message: expect.stringContaining(message),
      ...(kind === "source" ? { item } : {}),
    });
  });
});
