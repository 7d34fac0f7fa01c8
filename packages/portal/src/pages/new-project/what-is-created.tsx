import type { RenderedProject } from "@pave/contract";
import { IconAlertTriangle, IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import { Card } from "../../ui/card.tsx";
import { WithCode } from "../../ui/with-code.tsx";
import classes from "./new-project.module.css";

/** Everything that would be created, before it is, in sentences. */
export function WhatIsCreated({ rendered }: { rendered: Pick<RenderedProject, "creates" | "warnings"> }) {
  return (
    <Card title="This will create">
      <ul className={classes.creates}>
        {rendered.creates.map((line) => (
          <li key={line}>
            <IconPlus size={14} className={classes.plus} aria-hidden />
            <span>
              <WithCode text={line} />
            </span>
          </li>
        ))}
        {rendered.warnings.map((line) => (
          <li key={line}>
            <IconAlertTriangle size={14} className={classes.warn} aria-label="notice" />
            <span>
              <WithCode text={line} />
            </span>
          </li>
        ))}
      </ul>
    </Card>
  );
}

/** The spec first, then every other file as it will be. */
export function CreatedFiles({ files }: { files: RenderedProject["files"] }) {
  const sorted = files.toSorted((a, b) => rank(a.path) - rank(b.path) || a.path.localeCompare(b.path));
  const [open, setOpen] = useState(sorted[0]?.path);
  const file = sorted.find(({ path }) => path === open) ?? sorted[0];
  return (
    <Card title="Its files" aside={`${files.length}`} flush>
      <div className={classes.browser}>
        <div className={classes.files}>
          {sorted.map(({ path }) => (
            <button
              key={path}
              type="button"
              className={classes.fileButton}
              data-on={path === file?.path || undefined}
              onClick={() => setOpen(path)}
            >
              {path}
            </button>
          ))}
        </div>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keyboard */}
        <section className={classes.file} tabIndex={0} aria-label={file?.path ?? "file"}>
          {file ? textOf(file.contentBase64) : ""}
        </section>
      </div>
    </Card>
  );
}

/** The spec is what is read first. */
const rank = (path: string): number => {
  const place = ["pave.yaml", "README.md", "model-card.md"].indexOf(path);
  return place < 0 ? 9 : place;
};

const textOf = (base64: string): string =>
  new TextDecoder().decode(Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0)));
