import { expect, test } from "vitest";
import { listenInDialog, tellDialog } from "./dialog-errors.ts";

test("an error goes to the dialog on top, and to none once all are closed", () => {
  const told: string[] = [];
  const say = (dialog: string) => (error: Error) => void told.push(`${dialog}: ${error.message}`);
  expect(tellDialog(new Error("nobody hears this"))).toBe(false);
  const closeFirst = listenInDialog(say("first"));
  const closeSecond = listenInDialog(say("second"));
  expect(tellDialog(new Error("a"))).toBe(true);
  closeSecond();
  tellDialog(new Error("b"));
  closeSecond();
  closeFirst();
  expect(tellDialog(new Error("c"))).toBe(false);
  expect(told).toEqual(["second: a", "first: b"]);
});
