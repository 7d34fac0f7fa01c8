import { Button, type ButtonProps, Tooltip } from "@mantine/core";
import type { ReactNode } from "react";

interface GuardedButtonProps extends Omit<ButtonProps, "disabled" | "children"> {
  /** Why it cannot be pressed now; shown as tooltip. The button stays focusable so that everybody can read it. */
  readonly blocked?: string | null | undefined;
  readonly onClick: () => void;
  readonly children: ReactNode;
}

export function GuardedButton({ blocked, onClick, children, ...props }: GuardedButtonProps) {
  const isBlocked = Boolean(blocked);
  return (
    <Tooltip
      label={blocked}
      disabled={!isBlocked}
      multiline
      maw={320}
      events={{ hover: true, focus: true, touch: true }}
    >
      <Button
        {...props}
        {...(isBlocked ? { "data-disabled": true, "aria-disabled": true } : {})}
        onClick={(event) => (isBlocked ? event.preventDefault() : onClick())}
      >
        {children}
      </Button>
    </Tooltip>
  );
}
