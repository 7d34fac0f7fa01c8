import { isolationParts, isolationText, type RunStep } from "@pave/contract";
import { DocsLink } from "../../ui/docs-link.tsx";
import classes from "./step-panel.module.css";

type Attempt = RunStep["attempts"][number];

/** Which bounds held for the attempts of a step; those that are alike in one line. */
export function StepIsolation({ attempts }: { attempts: readonly Attempt[] }) {
  const told = attempts.flatMap(({ number, isolation }) => (isolation ? [{ number, isolation }] : []));
  const alike = [...Map.groupBy(told, ({ isolation }) => isolationText(isolation)).values()];
  return alike.map((group) => {
    const [first] = group;
    if (!first) return null;
    const { held, open } = isolationParts(first.isolation);
    const which = alike.length > 1 ? `Attempt ${group.map(({ number }) => number).join(", ")} ` : "";
    return (
      <p key={first.number} className={classes.note}>
        {which}
        {held.length === 0 ? "Not isolated" : `${which ? "isolated" : "Isolated"}: ${held.join(", ")}`}
        {open.length === 0 ? null : (
          <>
            ; <b>not held: {open.join(", ")}</b>, as the runner’s machine lacks the means:{" "}
            <DocsLink to="/docs/isolation">what holds where</DocsLink>
          </>
        )}
        .
      </p>
    );
  });
}
