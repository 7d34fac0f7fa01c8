import { Button } from "@mantine/core";
import type { Project } from "@pave/contract";
import { IconArrowRight } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { CopyLine } from "../../ui/copy-line.tsx";
import classes from "./next-step.module.css";

/** The one thing to do next: a sentence, and the command or the page that does it. */
export function NextStep({ next }: { next: NonNullable<Project["next"]> }) {
  return (
    <section className={classes.next} aria-label="Next">
      <span className={classes.label}>
        <IconArrowRight size={15} stroke={2.2} aria-hidden /> Next
      </span>
      <span className={classes.text}>{next.text}</span>
      {next.command ? (
        <div className={classes.command}>
          <CopyLine text={next.command} label="Copy the command" />
        </div>
      ) : null}
      {next.href ? (
        <Button component={Link} to={next.href}>
          Open
        </Button>
      ) : null}
    </section>
  );
}
