import classes from "./files.module.css";

/** Text as it is, with lines that scroll. */
export function Code({ text }: { text: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard
    <pre className={classes.code} tabIndex={0}>
      {text}
    </pre>
  );
}
