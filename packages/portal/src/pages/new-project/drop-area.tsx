import { type DragEvent, type InputHTMLAttributes, type ReactNode, useState } from "react";
import classes from "./new-project.module.css";

/** Where files come from: dropped, or chosen by an input that is called `label`; `children` are its words. */
export function DropArea({
  label,
  input,
  onDrop,
  onChoose,
  children,
}: {
  label: string;
  input: InputHTMLAttributes<HTMLInputElement>;
  onDrop: (dropped: DragEvent["dataTransfer"]) => void;
  onChoose: (files: FileList) => void;
  children: ReactNode;
}) {
  const [isOver, setOver] = useState(false);
  return (
    <label
      className={classes.drop}
      data-over={isOver || undefined}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        onDrop(event.dataTransfer);
      }}
    >
      {children}
      <input
        {...input}
        type="file"
        className={classes.input}
        aria-label={label}
        onChange={(event) => {
          const { files } = event.currentTarget;
          if (files && files.length > 0) onChoose(files);
          event.currentTarget.value = "";
        }}
      />
    </label>
  );
}
