import type { ProfiledColumn } from "@pave/contract";
import { count, percent } from "../../lib/format.ts";
import { Multiple } from "../../ui/multiples.tsx";
import { Pill } from "../../ui/pill.tsx";
import { ShareBars } from "../../ui/share-bars.tsx";
import classes from "./profile.module.css";
import { figuresOf, isCompared, wordOfFlag } from "./profile-words.ts";

const series = [{ name: "" }] as const;

/** One column as it was: its distribution, its figures, and what keeps it from being compared. */
export function ProfileColumn({ column }: { column: ProfiledColumn }) {
  const { bars, rest, flags, kind } = column;
  return (
    <Multiple
      name={column.column}
      aside={
        <span className={classes.kind}>
          {kind === "numeric" ? "number" : kind === "boolean" ? "yes or no" : "text"}
        </span>
      }
      numbers={[figuresOf(column), isCompared(column) ? "" : "traffic is not compared with it"]
        .filter(Boolean)
        .join(" · ")}
    >
      {flags.length > 0 ? (
        <div className={classes.flags}>
          {flags.map((flag) => (
            <Pill key={flag}>{wordOfFlag(flag)}</Pill>
          ))}
        </div>
      ) : null}
      {bars.length > 0 && !flags.includes("many-distinct") ? (
        <ShareBars
          label={`${column.column}: share of the rows by value`}
          bars={bars.map(({ label, share }) => ({ label, shares: [share] }))}
          series={series}
          end={rest ? restOf(rest) : undefined}
        />
      ) : null}
    </Multiple>
  );
}

const restOf = ({ categories, share }: NonNullable<ProfiledColumn["rest"]>): string =>
  `${categories === null ? "rarer" : count(categories)} others: ${percent(share, 0)}`;
