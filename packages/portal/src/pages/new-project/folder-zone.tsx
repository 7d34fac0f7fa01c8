import { IconFolderOpen } from "@tabler/icons-react";
import { DropArea } from "./drop-area.tsx";
import { type ChosenFolder, chosenFolder, droppedEntries, droppedFolder } from "./dropped-folder.ts";
import classes from "./new-project.module.css";

/** React knows no such attribute; browsers do. */
const ofFolders = { webkitdirectory: "" };

/** Where a checkout comes from: dropped, or chosen. */
export function FolderZone({ onFolder }: { onFolder: (folder: Promise<ChosenFolder>) => void }) {
  return (
    <DropArea
      label="Folder"
      input={ofFolders as object}
      onDrop={({ items }) => onFolder(droppedFolder(droppedEntries(items)))}
      onChoose={(files) => onFolder(Promise.resolve(chosenFolder(files)))}
    >
      <IconFolderOpen size={30} stroke={1.5} aria-hidden />
      <span className={classes.dropTitle}>Drop the folder of a checkout here, or choose it</span>
      <span className={classes.soft}>
        With a training script, a notebook or a <code>pave.yaml</code>. It is looked at in the browser; nothing is sent
        yet, and what git ignores by <code>.gitignore</code> never is.
      </span>
    </DropArea>
  );
}
