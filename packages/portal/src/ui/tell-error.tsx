import { notifications } from "@mantine/notifications";
import { describeError } from "../lib/describe-error.ts";
import { tellDialog } from "../lib/dialog-errors.ts";
import { ErrorHelp } from "./problem.tsx";
import { WithCode } from "./with-code.tsx";

/** Tells of an error in the dialog that is open, otherwise in a toast, which stays until it is closed: it says what to do. */
export function tellError(error: Error): void {
  if (tellDialog(error)) return;
  notifications.show({
    title: <WithCode text={describeError(error).title} />,
    message: <ErrorHelp error={error} />,
    color: "red",
    autoClose: false,
    closeButtonProps: { "aria-label": "Close this message" },
  });
}
