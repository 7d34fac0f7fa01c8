import { join } from "node:path";
import { type CommandWork, reservedVariable } from "@pave/contract";

export interface StepPlace {
  /** The step's own folder; home and temporary files go below it. */
  readonly step: string;
  readonly input: string;
  readonly output: string;
  /** Folders of programs, first wins. */
  readonly path: readonly string[];
  readonly virtualEnvironment: string | null;
}

/** Variables of the spec have a prefix of their own. */
const isReserved = (name: string): boolean => reservedVariable.test(name) && !name.startsWith("PAVE_VAR_");
const isName = (name: string): boolean => /^[A-Za-z_][A-Za-z0-9_]*$/.test(name);

/** All that a step sees of its surroundings: nothing is inherited from the runner. */
export function stepEnvironment(work: CommandWork, place: StepPlace, apiUrl: string): Record<string, string> {
  const cpus = String(Math.max(1, Math.floor(work.limits.cpu ?? 1)));
  const declared = Object.entries(work.env).filter(
    ([name, value]) => isName(name) && !isReserved(name) && !value.includes("\0"),
  );
  return {
    LANG: "C.UTF-8",
    LC_ALL: "C.UTF-8",
    TZ: "UTC",
    PYTHONUNBUFFERED: "1",
    OMP_NUM_THREADS: cpus,
    OPENBLAS_NUM_THREADS: cpus,
    MKL_NUM_THREADS: cpus,
    // joblib asks for it and would otherwise count the machine's.
    LOKY_MAX_CPU_COUNT: cpus,
    ...Object.fromEntries(declared),
    ...(work.token === "" ? {} : { MLFLOW_TRACKING_URI: apiUrl, MLFLOW_TRACKING_TOKEN: work.token }),
    ...(place.virtualEnvironment === null ? {} : { VIRTUAL_ENV: place.virtualEnvironment }),
    PATH: place.path.join(":"),
    HOME: join(place.step, "home"),
    TMPDIR: join(place.step, "tmp"),
    // Such a user is in no passwd file; what asks for its name finds this.
    USER: "step",
    LOGNAME: "step",
    PAVE_INPUT: place.input,
    PAVE_OUTPUT: place.output,
    PAVE_STEP_CPUS: cpus,
  };
}
