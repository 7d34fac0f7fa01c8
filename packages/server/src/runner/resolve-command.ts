import { access, constants, stat } from "node:fs/promises";
import { basename, isAbsolute, join } from "node:path";
import { AttemptError } from "./attempt/attempt-error.ts";

export interface Programs {
  readonly node: string;
  /** Absent where no interpreter suits; asked only when the command wants one. */
  readonly python: () => Promise<string>;
  readonly cwd: string;
  readonly path: readonly string[];
}

/** The command with its program as a path: `node` is ours, `python` the environment's, the rest is looked for in PATH. */
export async function resolveCommand(command: readonly string[], programs: Programs): Promise<string[]> {
  const [program = "", ...args] = command;
  if (program === "node") return [programs.node, ...args];
  if (program === "python" || program === "python3") return [await programs.python(), ...args];
  if (program.includes("/")) return [isAbsolute(program) ? program : join(programs.cwd, program), ...args];
  for (const folder of programs.path) {
    const candidate = join(folder, basename(program));
    if (await isExecutable(candidate)) return [candidate, ...args];
  }
  throw new AttemptError(
    "environment",
    `command: expected a program, found \`${program}\`, which is none of node, python and the programs in ${programs.path.join(", ")}; give its path, or use one of those`,
  );
}

const isExecutable = async (path: string): Promise<boolean> => {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
};
