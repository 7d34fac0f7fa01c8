import { docsOf, type ErrorBody, type ErrorCode, errorStatus, type Problem } from "@pave/contract";
import type { z } from "zod";
import type { Logger } from "../kernel/logger.ts";
import { isPaveError, messageOf, PaveError } from "../kernel/pave-error.ts";
import { describeIssue, orList, suggestion } from "../kernel/spec/index.ts";

/** The one place where an error becomes an HTTP answer. What is not a PaveError tells the outside nothing but its id. */
export function renderError(
  error: unknown,
  log: Logger,
  correlationId: string,
): { status: number; body: { error: ErrorBody } } {
  const pave = isPaveError(error) ? error : (fromFastify(error) ?? fromDatabase(error));
  if (pave) {
    const body: ErrorBody = {
      code: pave.code,
      message: pave.message,
      docs: docsOf(pave.code),
      ...(pave.fix === undefined ? {} : { fix: pave.fix }),
      ...(pave.problems === undefined ? {} : { problems: pave.problems }),
    };
    if (errorStatus[pave.code] >= 500)
      log.error({ code: pave.code, correlationId, error: messageOf(pave.cause ?? pave) }, pave.message);
    return { status: errorStatus[pave.code], body: { error: body } };
  }
  log.error({ correlationId, error: error instanceof Error ? error.stack : String(error) }, "a request failed");
  const code: ErrorCode = "server.internal";
  return {
    status: 500,
    body: {
      error: {
        code,
        message: `Something went wrong on the server (${correlationId})`,
        fix: "The server's log has the details under this id; please report it.",
        docs: docsOf(code),
      },
    },
  };
}

/** Fastify's own refusals (broken JSON, too large a body, unknown media type) in our words. */
function fromFastify(error: unknown): PaveError | undefined {
  if (!(error instanceof Error) || !("statusCode" in error)) return undefined;
  const { statusCode } = error as Error & { statusCode: number };
  if (statusCode === 413)
    return new PaveError("request.too_large", "The request's body is larger than this route takes", {
      fix: "Send less, or upload files as blobs.",
    });
  if (statusCode === 415)
    return new PaveError("request.unsupported_media_type", "The request's content type is not one this route takes", {
      fix: "Send JSON as application/json, bytes as application/octet-stream.",
    });
  if (/not valid JSON/i.test(error.message))
    return new PaveError("request.invalid", "The request's body is not JSON, though its content type says so", {
      fix: "Send valid JSON.",
    });
  if (/body cannot be empty/i.test(error.message))
    return new PaveError("request.invalid", "The request's body is empty, though its content type says JSON", {
      fix: "Send JSON, or no content type.",
    });
  if (statusCode >= 400 && statusCode < 500)
    return new PaveError("request.invalid", error.message, { fix: "Correct it and send it again." });
  return undefined;
}

/**
 * Values that PostgreSQL cannot hold although they fit their schema: the character NUL in a text, a number beyond its
 * column, an id that is none, a name longer than an index takes. They are the caller's, not a failure of ours.
 */
function fromDatabase(error: unknown): PaveError | undefined {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const found = {
    "22021": "the character NUL",
    "22P05": "the character NUL",
    "22003": "a number that is too large",
    "54000": "a name that is too long",
  }[code];
  if (found)
    return new PaveError("request.invalid", `The request has ${found} in it`, { fix: "Correct it and send it again." });
  if (code === "22P02")
    return new PaveError("request.invalid", "The request has an id in it that is none", {
      fix: "Take ids from the lists of the API.",
    });
  return undefined;
}

/** A value that does not fit its schema, with one problem per finding. */
export function invalidRequest(where: string, schema: z.ZodType, error: z.ZodError, value: unknown): PaveError {
  return invalidAt(
    error.issues.map((issue) => ({
      path: [where, ...issue.path].join("."),
      message: describeIssue(schema, value, issue),
    })),
  );
}

/** Names in a query that the route does not know: taken, a misspelt cursor would give the first page for ever. */
export function unknownQuery(names: readonly string[], known: readonly string[]): PaveError {
  const fix = known.length > 0 ? `Use ${orList(known)}.` : "This route takes none.";
  return invalidAt(
    names.map((name) => ({ path: `query.${name}`, message: `there is no such parameter${suggestion(name, known)}` })),
    fix,
  );
}

function invalidAt(problems: readonly Problem[], fix = "Correct it and send it again."): PaveError {
  const [first] = problems;
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : "";
  const message = `${first?.path}: ${first?.message}${more}`;
  return new PaveError("request.invalid", message, { fix, problems });
}
