import { CliError, exitCodes } from "../command.ts";
import { plainText } from "../plain-text.ts";

/** The source's no to one request, in MLflow's form. What was asked for stays out; the rest goes on. */
export class SourceAnswer extends Error {
  override readonly name = "SourceAnswer";
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
  /** Whether the same may be asked again. */
  get isBusy(): boolean {
    return this.status === 408 || this.status === 429 || this.status >= 500;
  }
}

const again = "What was copied is kept: run the same command again, and it goes on there.";

export function sourceGone(url: string, error: unknown): CliError {
  return new CliError(`${url} does not answer any more: ${reasonOf(error)}`, {
    fix: `See that the server runs and can be reached from here. ${again}`,
    exitCode: exitCodes.unreachable,
  });
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === "TimeoutError") return "no answer within two minutes";
  const cause = error.cause instanceof Error ? error.cause : undefined;
  return (cause as NodeJS.ErrnoException | undefined)?.code ?? cause?.message ?? error.message;
}

/** What an answer that is no 2xx means. */
export async function refused(url: string, path: string, response: Response): Promise<Error> {
  const { status } = response;
  const text = (await response.text().catch(() => "")).slice(0, 100_000);
  if (status >= 300 && status < 400)
    return new CliError(`${url} sends elsewhere: to ${plainText(response.headers.get("location") ?? "nowhere")}`, {
      fix: "Give the address that it sends to, if that is your server of MLflow. A page to sign in takes PAVE_IMPORT_TOKEN, or PAVE_IMPORT_USERNAME and PAVE_IMPORT_PASSWORD.",
      exitCode: exitCodes.denied,
    });
  const { error_code: code, message } = formOf(text);
  if (status === 401 || (status === 403 && code === undefined))
    return new CliError(`${url} does not let us in (${status})`, {
      fix: "Set PAVE_IMPORT_TOKEN, or PAVE_IMPORT_USERNAME and PAVE_IMPORT_PASSWORD, to what MLFLOW_TRACKING_… have for it.",
      exitCode: exitCodes.denied,
    });
  const words = plainText(message ?? `the server answered ${status} to ${path.split("?")[0]}`).slice(0, 500);
  return new SourceAnswer(status, code ?? "", words);
}

function formOf(text: string): { readonly error_code?: string; readonly message?: string } {
  try {
    const { error_code, message } = JSON.parse(text) as Record<string, unknown>;
    return {
      ...(typeof error_code === "string" ? { error_code } : {}),
      ...(typeof message === "string" ? { message } : {}),
    };
  } catch {
    return {};
  }
}
