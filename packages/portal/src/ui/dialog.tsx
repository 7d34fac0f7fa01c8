import { Modal, type ModalProps } from "@mantine/core";
import { useEffect, useState } from "react";
import { listenInDialog } from "../lib/dialog-errors.ts";
import { Problem } from "./problem.tsx";

/** What stands before the page until it is closed. What goes wrong meanwhile is told inside it. */
export function Dialog({ children, opened, ...props }: ModalProps) {
  const [told, setTold] = useState<{ readonly error: Error; readonly count: number }>();
  useEffect(() => {
    setTold(undefined);
    if (!opened) return undefined;
    return listenInDialog((error) => setTold((before) => ({ error, count: (before?.count ?? 0) + 1 })));
  }, [opened]);
  return (
    <Modal opened={opened} centered styles={{ title: { fontWeight: 600, overflowWrap: "anywhere" } }} {...props}>
      {children}
      {told ? (
        // made anew each time, so that the same words are heard again
        <div key={told.count} style={{ margin: props.padding === 0 ? 12 : "12px 0 0" }}>
          <Problem error={told.error} />
        </div>
      ) : null}
    </Modal>
  );
}
