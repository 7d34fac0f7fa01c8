import { counted, type DiffLine, diffValues, type PlanAction } from "@pave/contract";
import { shortDigest } from "../../lib/format.ts";
import classes from "./differences.module.css";
import { orderDifferences } from "./order-differences.ts";

/** What the action makes of what is there: a value a line, before and after beside each other. */
export function Differences({ action }: { action: PlanAction }) {
  const lines = orderDifferences(diffValues(action.before, action.after));
  if (lines.length === 0) return null;
  const isChange = lines.some(({ before }) => before !== undefined) && lines.some(({ after }) => after !== undefined);
  return (
    <details className={classes.details} open={lines.length <= 8}>
      <summary>
        {isChange ? counted(lines.length, "value differs", "values differ") : counted(lines.length, "value")}
      </summary>
      <dl className={classes.diff} data-change={isChange || undefined}>
        {lines.map((line) => (
          <Difference key={line.path} line={line} isChange={isChange} />
        ))}
      </dl>
    </details>
  );
}

function Difference({ line: { path, before, after }, isChange }: { line: DiffLine; isChange: boolean }) {
  return (
    <div className={classes.line}>
      <dt className={classes.path}>{path}</dt>
      {isChange || before !== undefined ? <Value sign="−" name="before" value={before} absent="was not set" /> : null}
      {isChange || after !== undefined ? (
        <Value sign="+" name="after" value={after} absent={path === "release" ? "the next one" : "no longer set"} />
      ) : null}
    </div>
  );
}

function Value({
  sign,
  name,
  value,
  absent,
}: {
  sign: "−" | "+";
  name: string;
  value: string | undefined;
  absent: string;
}) {
  if (value === undefined) return <dd className={classes.absent}>{absent}</dd>;
  const isDigest = value.startsWith("sha256:");
  return (
    <dd className={classes.value} data-sign={sign} title={isDigest ? value : undefined}>
      <span className={classes.sign} role="img" aria-label={name}>
        {sign}
      </span>
      {isDigest ? shortDigest(value) : value}
    </dd>
  );
}
