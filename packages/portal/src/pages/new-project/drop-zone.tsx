import { IconTableImport } from "@tabler/icons-react";
import { DropArea } from "./drop-area.tsx";
import classes from "./new-project.module.css";

const accepted = ".csv,.tsv,.parquet,.jsonl,.ndjson,.json,.gz";

/** Where a table comes from: dropped, or chosen. */
export function DropZone({ onFile }: { onFile: (file: File) => void }) {
  const take = ([file]: FileList) => {
    if (file) onFile(file);
  };
  return (
    <DropArea label="Table" input={{ accept: accepted }} onDrop={({ files }) => take(files)} onChoose={take}>
      <IconTableImport size={30} stroke={1.5} aria-hidden />
      <span className={classes.dropTitle}>Drop a table here, or choose a file</span>
      <span className={classes.soft}>
        CSV, TSV, Parquet or JSON lines, with a column of two values to predict. It is looked at, and nothing is created
        yet.
      </span>
    </DropArea>
  );
}
