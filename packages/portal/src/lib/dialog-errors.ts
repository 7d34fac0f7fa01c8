/**
 * While a dialog is open, the rest of the page is out of reach of the keyboard and of who hears it, and so is a toast. What
 * goes wrong meanwhile is told in the dialog: each open one says here that it listens, and the last one is on top.
 */
type Listener = (error: Error) => void;

const open: Listener[] = [];

/** Gives what ends it. */
export function listenInDialog(listener: Listener): () => void {
  open.push(listener);
  return () => {
    const at = open.indexOf(listener);
    if (at >= 0) open.splice(at, 1);
  };
}

/** False where no dialog is open. */
export function tellDialog(error: Error): boolean {
  const top = open.at(-1);
  top?.(error);
  return top !== undefined;
}
