import { IconFolderOpen } from "@tabler/icons-react";
import { type DragEvent, useState } from "react";
import { type ChosenFolder, chosenFolder, droppedEntries, droppedFolder } from "./dropped-folder.ts";
import classes from "./new-project.module.css";

/** React knows no such attribute; browsers do. */
const ofFolders = { webkitdirectory: "" };

/** Where a checkout comes from: dropped, or chosen. */
export function FolderZone({ onFolder }: { onFolder: (folder: Promise<ChosenFolder>) => void }) {
  const [isOver, setOver] = useState(false);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    onFolder(droppedFolder(droppedEntries(event.dataTransfer.items)));
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
      <IconFolderOpen size={30} stroke={1.5} aria-hidden />
      <span className={classes.dropTitle}>Drop the folder of a checkout here, or choose it</span>
      <span className={classes.soft}>
        With a training script, a notebook or a <code>pave.yaml</code>. It is looked at in the browser; nothing is sent
        yet, and what git ignores by <code>.gitignore</code> never is.
      </span>
      <input
        type="file"
        className={classes.input}
        aria-label="Folder"
        {...ofFolders}
        onChange={(event) => {
          const { files } = event.currentTarget;
          if (files && files.length > 0) onFolder(Promise.resolve(chosenFolder(files)));
          event.currentTarget.value = "";
        }}
      />
    </label>
  );
}
