/** Proves a connection: reaches it, signs in, reads one row. Ends well also when it cannot, and says why in its result. */
import { runStep, type Step, writeJson, writeMetadata } from "../lib/step.ts";
import { type Connection, givenConnection } from "./connection.ts";
import { ConnectionFailure, firstLine } from "./failure.ts";
import { checkHttp, checkS3 } from "./http.ts";
import { checkMysql } from "./mysql.ts";
import { checkPostgres } from "./postgres.ts";

const checks = { postgres: checkPostgres, mysql: checkMysql, s3: checkS3, http: checkHttp } as const;

await runStep(check);

async function check(step: Step): Promise<void> {
  const connection = givenConnection();
  const result = await outcomeOf(connection);
  writeJson(step, "result.json", result);
  writeMetadata(step, { result });
}

async function outcomeOf(connection: Connection) {
  try {
    return { ok: true, kind: null, message: await checks[connection.type](connection), fix: null };
  } catch (error) {
    if (error instanceof ConnectionFailure)
      return { ok: false, kind: error.kind, message: error.message, fix: error.fix };
    const message = firstLine(error instanceof Error ? error.message : String(error));
    return { ok: false, kind: "other", message, fix: "correct the connection" };
  }
}
