import type { NotebookCell } from "@pave/contract";
import { Markdown } from "../../ui/markdown.tsx";
import { Code } from "./code.tsx";
import classes from "./files.module.css";

/** A notebook as it would be printed: nothing in it runs. */
export function NotebookPreview({
  notebook: { cells, language, isCut },
}: {
  notebook: { readonly cells: readonly NotebookCell[]; readonly language: string; readonly isCut: boolean };
}) {
  return (
    <div className={classes.notebook}>
      {cells.length === 0 ? <p className={classes.hint}>The notebook has no cells.</p> : null}
      {cells.map((cell, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: cells are their place
        <Cell key={index} cell={cell} language={language} />
      ))}
      {isCut ? <p className={classes.hint}>Only the first {cells.length} cells are shown.</p> : null}
    </div>
  );
}

function Cell({ cell: { kind, source, count, outputs }, language }: { cell: NotebookCell; language: string }) {
  if (kind === "markdown")
    return (
      <div className={classes.prose}>
        <Markdown source={source} />
      </div>
    );
  return (
    <section className={classes.cell} aria-label={`${language} cell${count === null ? "" : ` ${count}`}`}>
      <span className={classes.count}>{kind === "raw" ? "" : `[${count ?? " "}]`}</span>
      <div className={classes.cellBody}>
        <Code text={source} />
        {outputs.map((output, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: outputs are their place
          <Output key={index} output={output} />
        ))}
      </div>
    </section>
  );
}

function Output({ output }: { output: NotebookCell["outputs"][number] }) {
  switch (output.kind) {
    case "image":
      return (
        <div className={classes.picture}>
          <img src={output.url} alt="output of the cell" />
        </div>
      );
    case "hidden":
      return (
        <p className={classes.hint}>An output of the type {output.type} is not shown: download the notebook for it.</p>
      );
    case "text":
    case "error":
      return (
        <pre className={classes.output} data-error={output.kind === "error" || undefined}>
          {output.text}
        </pre>
      );
  }
}
