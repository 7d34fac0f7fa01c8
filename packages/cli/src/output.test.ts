import { expect, test, vi } from "vitest";
import { ago, createOutput, facts, metric, seconds, table } from "./output.ts";

function screen(isTTY: boolean, columns = 80) {
  const written: string[] = [];
  return { isTTY, columns, write: (text: string) => written.push(text) > 0, text: () => written.join("") };
}

test("a table is aligned, numbers stand right, and nothing stands as a dash", () => {
  const text = table(
    ["run", "state", "note"],
    [
      [9, "failed", null],
      [10, "succeeded", "as long as it is"],
    ],
    "none",
  );
  expect(text.split("\n")).toEqual([
    "run  state      note            ",
    "  9  failed     –",
    " 10  succeeded  as long as it is",
  ]);
  expect(table(["run"], [], "No runs yet.")).toBe("No runs yet.");
});

test("a cell of several lines stays in its row", () => {
  expect(table(["a", "b"], [["x\n  y", 1]], "").split("\n")).toEqual(["a    b", "x y  1"]);
});

test("colours do not count for the width of a column", () => {
  const rows = table(
    ["a", "b"],
    [
      ["\u001b[32mok\u001b[39m", "x"],
      ["longer", "y"],
    ],
    "",
  ).split("\n");
  expect(rows[1]).toBe("\u001b[32mok\u001b[39m      x");
});

test("facts, times and metrics read well", () => {
  expect(
    facts([
      ["portal", "http://x"],
      ["data", null],
    ]),
  ).toBe("portal  http://x\ndata    –");
  const now = Date.parse("2026-01-02T00:00:00Z");
  expect(
    ["2026-01-01T23:59:01Z", "2026-01-01T23:00:01Z", "2026-01-01T01:00:00Z", "2025-12-01T00:00:00Z", null].map((time) =>
      ago(time, now),
    ),
  ).toEqual(["59 s ago", "59 min ago", "23 h ago", "32 d ago", "–"]);
  expect(seconds("2026-01-01T00:00:00Z", "2026-01-01T00:00:01.5Z")).toBe("1.5 s");
  expect(seconds("2026-01-01T00:00:00Z", "2026-01-01T00:01:59.9Z")).toBe("2 min 0 s");
  expect(seconds(null, null)).toBe("–");
  expect([metric(3), metric(0.123456)]).toEqual(["3", "0.1235"]);
});

test("without a terminal there are no escapes, only a line at the end", () => {
  const terminal = screen(false);
  const output = createOutput({ json: false, quiet: false, terminal });
  const progress = output.progress("Working");
  progress.update("Working: a");
  output.note("by the way");
  progress.done("Worked");
  expect(terminal.text()).toBe("by the way\n✔ Worked\n");
});

test.each([
  { json: true, quiet: false },
  { json: false, quiet: true },
])("%j says nothing on the side", (options) => {
  const terminal = screen(true);
  const output = createOutput({ ...options, terminal });
  output.note("by the way");
  const progress = output.progress("Working");
  progress.update("a");
  progress.fail("Broke");
  expect(terminal.text()).toBe("");
});

test("on a terminal a line moves, remarks stand above it, and it ends as a line", () => {
  vi.useFakeTimers();
  try {
    const terminal = screen(true, 20);
    const listeners = process.listenerCount("SIGINT");
    const output = createOutput({ json: false, quiet: false, terminal });
    const progress = output.progress("Working");
    expect(process.listenerCount("SIGINT"), "Ctrl-C belongs to the command").toBe(listeners);
    progress.update("Working on something long");
    vi.advanceTimersByTime(80);
    output.note("by the way");
    progress.fail("Broke");
    vi.advanceTimersByTime(500);
    const lines = terminal.text().split("\r\u001b[K").slice(1);
    expect(lines).toEqual(["⠋ Working", "⠙ Working on somet…", "by the way\n", "⠙ Working on somet…", "✖ Broke\n"]);
  } finally {
    vi.useRealTimers();
  }
});
