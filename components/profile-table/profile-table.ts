/** Describes a table before anybody trains on it. */
import { readFileSync } from "node:fs";
import type { Column } from "../lib/column-types.ts";
import { type DuckDb, openDuckDb } from "../lib/duckdb.ts";
import { numberParam, optionalString, stringList } from "../lib/params.ts";
import { type Json, placeOf, requireInput, runStep, type Step, say, writeJson, writeMetadata } from "../lib/step.ts";
import { failMissingColumn, failOnDuplicates } from "../lib/table-problems.ts";
import { findSource, type LoadedTable, loadSource } from "../lib/table-source.ts";
import { explainSqlError, prepareUserSql } from "../lib/user-sql.ts";
import { type ColumnProfile, profileColumn } from "./column-profile.ts";
import { type Flag, flagColumn, flagLaterTimes } from "./flags.ts";
import { findLeak } from "./leaks.ts";
import { profileTarget, type TargetProfile } from "./target.ts";

/** More cells than this would take longer than a person waits; wide tables are profiled on fewer rows. */
const maxCells = 10_000_000;

await runStep(profileTable);

interface ProfiledColumn {
  readonly profile: ColumnProfile;
  readonly auc: number | null;
  readonly flags: readonly Flag[];
}

async function profileTable(step: Step): Promise<void> {
  const source = findSource(step, "source");
  const db = await openDuckDb({ readable: [source.path], writable: step.outputFolder });
  try {
    const { columns, reading } = await loadTable(step, db);
    const target = findTarget(step, columns);
    const { rows } = await db.row("SELECT count(*) AS rows FROM profiled");
    const sampled = await drawSample(
      db,
      Number(rows),
      Math.min(numberParam(step, "sample"), Math.ceil(maxCells / columns.length)),
    );

    const targetProfile = target === null ? null : await profileTarget(db, target);
    const profiled = await profileColumns(db, columns, targetProfile);
    const facts = {
      place: source.place,
      format: source.format,
      bytes: source.bytes,
      rows: Number(rows),
      sampledRows: sampled,
      reading: reading === null ? null : { ...reading },
    };
    writeJson(step, "profile.json", makeProfile(facts, profiled, targetProfile));
    writeMetadata(step, {
      profile: { rows: Number(rows), columns: columns.length, flags: profiled.flatMap(({ flags }) => flags).length },
    });
    report(profiled, targetProfile);
  } finally {
    db.close();
  }
}

/** The table is called `profiled`: the source itself, or what the project's SQL makes of it. */
async function loadTable(step: Step, db: DuckDb): Promise<LoadedTable> {
  const source = findSource(step, "source");
  const loaded = await loadSource(db, source, "source", {
    delimiter: optionalString(step, "delimiter"),
    missing: stringList(step, "missing"),
    textColumns: stringList(step, "textColumns"),
  });
  if (step.inputs.sql === undefined) {
    await db.run("CREATE TEMP VIEW profiled AS FROM source");
    return loaded;
  }
  const place = placeOf(step, "sql");
  const query = await prepareUserSql(db.connection, readFileSync(requireInput(step, "sql").path, "utf8"), place);
  failOnDuplicates(
    place,
    query.columns.map((column) => column.name),
  );
  try {
    await db.run(`CREATE TEMP TABLE profiled AS (${query.sql}\n)`);
  } catch (error) {
    throw explainSqlError(error, place);
  }
  return { ...loaded, columns: query.columns };
}

function findTarget(step: Step, columns: readonly Column[]): Column | null {
  const name = optionalString(step, "target");
  const target = columns.find((column) => column.name === name);
  if (name === null || target !== undefined) return target ?? null;
  failMissingColumn(
    `${placeOf(step, step.inputs.sql === undefined ? "source" : "sql")} (param target)`,
    name,
    columns.map((column) => column.name),
  );
}

/** Every k-th row on average, in order and the same ones every time. */
async function drawSample(db: DuckDb, rows: number, wanted: number): Promise<number> {
  const keep = Math.floor((wanted / Math.max(rows, 1)) * 2 ** 32);
  const drawn = `SELECT *, row_number() OVER () AS pave_row FROM profiled`;
  const condition = `(xor(pave_row, pave_row >> 16) * 73244475) & 4294967295 < ${keep}`;
  const query = rows <= wanted ? "FROM profiled" : `SELECT * EXCLUDE (pave_row) FROM (${drawn}) WHERE ${condition}`;
  await db.run(`CREATE TEMP TABLE sampled AS ${query}`);
  return Number((await db.row("SELECT count(*) AS rows FROM sampled")).rows);
}

async function profileColumns(
  db: DuckDb,
  columns: readonly Column[],
  target: TargetProfile | null,
): Promise<readonly ProfiledColumn[]> {
  const profiles: ColumnProfile[] = [];
  for (const column of columns) profiles.push(await profileColumn(db, column));
  const laterTimes = await flagLaterTimes(
    db,
    profiles.filter((profile) => profile.name !== target?.name),
  );

  const profiled: ProfiledColumn[] = [];
  for (const profile of profiles) {
    if (profile.name === target?.name) {
      profiled.push({ profile, auc: null, flags: [] });
      continue;
    }
    const leak = target === null ? { auc: null, reason: null } : await findLeak(db, profile, target);
    const later = laterTimes.get(profile.name);
    const flags = flagColumn(profile, leak.reason);
    const isSaid = later === undefined || flags.some(({ flag }) => flag === "leak" || flag === "afterwards");
    profiled.push({ profile, auc: leak.auc, flags: isSaid ? flags : [...flags, later] });
  }
  return profiled;
}

function makeProfile(
  facts: { readonly [name: string]: Json },
  columns: readonly ProfiledColumn[],
  target: TargetProfile | null,
): Json {
  return {
    ...facts,
    columns: columns.map(({ profile, auc, flags }) => {
      const { duckDbType, rows, type, ...rest } = profile;
      const shown = {
        ...rest,
        type: type === "other" ? "string" : type,
        sqlType: duckDbType,
        auc,
        flags: flags.map((flag) => ({ ...flag })),
      };
      return shown as unknown as Json;
    }),
    target: target as unknown as Json,
    suggestions: suggest(columns, target),
  };
}

/** What `pave new` fills the spec with. */
function suggest(columns: readonly ProfiledColumn[], target: TargetProfile | null): Json {
  const harmful = ["idLike", "constant", "leak", "nested"];
  const has = (column: ProfiledColumn, name: string) => column.flags.some(({ flag }) => flag === name);
  const others = columns.filter(({ profile }) => profile.name !== target?.name);
  const times = others.filter(
    (column) => has(column, "timeSplit") && !has(column, "afterwards") && !has(column, "leak"),
  );
  const byDistinct = times.toSorted((a, b) => b.profile.distinct - a.profile.distinct);
  const excluded = others.filter(
    (column) =>
      column.flags.some(({ flag }) => harmful.includes(flag)) || column.profile.missing === column.profile.rows,
  );
  return { splitBy: byDistinct[0]?.profile.name ?? null, exclude: excluded.map(({ profile }) => profile.name) };
}

function report(columns: readonly ProfiledColumn[], target: TargetProfile | null): void {
  for (const { profile, flags } of columns) {
    for (const { flag, reason } of flags) say(`${profile.name}: ${flag}: ${reason}`);
  }
  for (const problem of target?.problems ?? []) say(`target: ${problem}`);
}
