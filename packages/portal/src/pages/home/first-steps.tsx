import { Link } from "@tanstack/react-router";
import { Card } from "../../ui/card.tsx";
import { CopyLine } from "../../ui/copy-line.tsx";
import classes from "./home.module.css";

const steps = [
  {
    title: "Start a project from your data",
    detail:
      "Give it a table and the column to predict. It comes with a pipeline, tests and gates; you see what it will create before it does.",
    command: "pave new my-project --data data.csv --target outcome",
  },
  {
    title: "Train a first version",
    detail: "The pipeline is checked whole before it starts. The run shows here while it happens.",
    command: "cd my-project && pave run",
  },
  {
    title: "Release it",
    detail: "A plan says what will change and which gates let it pass; staging applies it by itself.",
    command: "pave deploy --to staging",
  },
] as const;

/** There is nothing yet: the first stretch of the road, to copy. */
export function FirstSteps() {
  return (
    <Card
      title="The road starts here"
      aside={
        <Link to="/new-project" className="link">
          Start from a table in the browser
        </Link>
      }
    >
      <ol className={classes.steps}>
        {steps.map(({ title, detail, command }, index) => (
          <li key={title} className={classes.step}>
            <span className={classes.stepNumber} aria-hidden>
              {index + 1}
            </span>
            <div className={classes.stepText}>
              <div className={classes.itemTitle}>{title}</div>
              <div className={classes.stepDetail}>{detail}</div>
              <CopyLine text={command} label="Copy the command" />
            </div>
          </li>
        ))}
      </ol>
    </Card>
  );
}
