import { counted } from "@pave/contract";
import { useMemo } from "react";
import { bytes } from "../../lib/format.ts";
import { Card } from "../../ui/card.tsx";
import { bySize, type ChosenFile } from "./checkout.ts";
import { CopyText } from "./copy-text.tsx";
import classes from "./new-project.module.css";

const mostShown = 300;

/** The spec as it will be, and beside it what is sent, the largest first. */
export function FolderFiles(props: {
  readonly files: readonly ChosenFile[];
  readonly spec: string;
  readonly isOwn: boolean;
}) {
  const { files, spec, isOwn } = props;
  const sorted = useMemo(() => bySize(files), [files]);
  const further = sorted.length - mostShown;
  return (
    <div className={classes.beside}>
      <Card title="pave.yaml" aside={isOwn ? "your own, as it is" : <CopyText text={spec} />} flush>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keyboard */}
        <section className={classes.file} tabIndex={0} aria-label="pave.yaml">
          {spec}
        </section>
      </Card>
      <Card title="What is sent" aside={`${counted(files.length, "file")}${isOwn ? "" : " and pave.yaml"}`} flush>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keyboard */}
        <section className={classes.sent} tabIndex={0} aria-label="What is sent">
          <ul>
            {sorted.slice(0, mostShown).map(({ path, file }) => (
              <li key={path}>
                <span>{path}</span>
                <span>{bytes(file.size)}</span>
              </li>
            ))}
          </ul>
          {further > 0 ? <p>and {counted(further, "smaller file")}</p> : null}
        </section>
      </Card>
    </div>
  );
}
