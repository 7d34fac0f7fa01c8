import { IconTableImport } from "@tabler/icons-react";
import { type DragEvent, useState } from "react";
import classes from "./new-project.module.css";

const accepted = ".csv,.tsv,.parquet,.jsonl,.ndjson,.json,.gz";

/** Where a table comes from: dropped, or chosen. */
export function DropZone({ onFile }: { onFile: (file: File) => void }) {
  const [isOver, setOver] = useState(false);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const [file] = event.dataTransfer.files;
    if (file) onFile(file);
  };
  return (
    <label
      className={classes.drop}
      data-over={isOver || undefined}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <IconTableImport size={30} stroke={1.5} aria-hidden />
      <span className={classes.dropTitle}>Drop a table here, or choose a file</span>
      <span className={classes.soft}>
        CSV, TSV, Parquet or JSON lines, with a column of two values to predict. It is looked at, and nothing is created
        yet.
      </span>
      <input
        type="file"
        className={classes.input}
        aria-label="Table"
        accept={accepted}
        onChange={(event) => {
          const file = event.currentTarget.files?.[0];
          if (file) onFile(file);
          event.currentTarget.value = "";
        }}
      />
    </label>
  );
}
