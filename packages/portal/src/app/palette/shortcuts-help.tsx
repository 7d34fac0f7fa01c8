import { Kbd } from "@mantine/core";
import { Fragment } from "react";
import { Dialog } from "../../ui/dialog.tsx";
import classes from "./palette.module.css";

const shortcuts: readonly (readonly [keys: readonly string[], what: string])[] = [
  [["Ctrl", "K"], "go to anything by name, or do something (⌘ K on a Mac)"],
  [["g", "h"], "Home"],
  [["g", "i"], "Inbox"],
  [["g", "p"], "Projects"],
  [["g", "e"], "Environments"],
  [["g", "a"], "Activity"],
  [["g", "s"], "Settings"],
  [["/"], "the filter of the list of runs"],
  [["j", "k"], "the next and the run before in that list"],
  [["x"], "select the run; with Shift all from the last one on"],
  [["Enter"], "open the run"],
  [["?"], "this help"],
  [["Esc"], "close what is open"],
];

export function ShortcutsHelp({ onClose }: { onClose: () => void }) {
  return (
    <Dialog opened onClose={onClose} title="Shortcuts">
      <dl className={classes.keys}>
        {shortcuts.map(([keys, what]) => (
          <Fragment key={what}>
            <dt>
              {keys.map((key) => (
                <Kbd key={key} size="xs" mr={4}>
                  {key}
                </Kbd>
              ))}
            </dt>
            <dd>{what}</dd>
          </Fragment>
        ))}
      </dl>
    </Dialog>
  );
}
