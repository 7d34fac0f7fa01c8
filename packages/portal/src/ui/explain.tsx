import { ActionIcon, Popover } from "@mantine/core";
import { IconHelpCircle } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import classes from "./explain.module.css";

/**
 * What a word or a number beside it means. It opens by a press, not by hovering, and takes the focus: what it says may
 * lead further, and has to be within reach of the keyboard and of who hears the page.
 */
export function Explain({ label, children }: { label: string; children: ReactNode }) {
  const [opened, setOpened] = useState(false);
  return (
    <Popover
      opened={opened}
      onChange={setOpened}
      width={340}
      position="bottom"
      withArrow
      shadow="md"
      trapFocus
      returnFocus
    >
      <Popover.Target>
        <ActionIcon
          variant="subtle"
          color="gray"
          size={18}
          aria-label={label}
          onClick={() => setOpened((before) => !before)}
          className={classes.mark}
        >
          <IconHelpCircle size={14} stroke={1.8} />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown aria-label={label}>
        {/* has the focus first, so that it is read out before what it leads to */}
        <div tabIndex={-1} data-autofocus className={classes.text}>
          {children}
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}
