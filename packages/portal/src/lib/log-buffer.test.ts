import { describe, expect, it } from "vitest";
import { appendLogs, emptyLog, findInLog, logText } from "./log-buffer.ts";

const time = "2026-11-23T10:00:00.000Z";
const read = (from: number, chunks: readonly ["stdout" | "stderr" | "system", string][], finished = false) => {
  let offset = from;
  const made = chunks.map(([stream, text]) => {
    const chunk = { offset, time, stream, text };
    offset += text.length;
    return chunk;
  });
  return { attempt: "a", chunks: made, next: offset, finished };
};
const texts = (buffer: typeof emptyLog) => buffer.lines.map(({ stream, text }) => `${stream}: ${text}`);

describe("a log", () => {
  it("joins lines over chunks and reads, each stream by itself", () => {
    const first = appendLogs(
      emptyLog,
      read(0, [
        ["stdout", "one\ntw"],
        ["stderr", "careful"],
        ["stdout", "o\n"],
      ]),
    );
    expect(texts(first)).toEqual(["stdout: one", "stdout: two", "stderr: careful"]);
    const second = appendLogs(
      first,
      read(
        first.next,
        [
          ["stderr", "!\n"],
          ["stdout", "three\n"],
        ],
        true,
      ),
    );
    expect(texts(second)).toEqual(["stdout: one", "stdout: two", "stderr: careful!", "stdout: three"]);
    expect(second.isFinished).toBe(true);
    expect(logText(second.lines)).toBe("one\ntwo\ncareful!\nthree\n");
  });

  it("keeps empty lines and shows a progress bar's last state", () => {
    expect(
      texts(appendLogs(emptyLog, read(0, [["stdout", "a\n\n10 %\r50 %\r100 %\r\n\u001b[32mgreen\u001b[0m\n"]]))),
    ).toEqual(["stdout: a", "stdout: ", "stdout: 100 %", "stdout: green"]);
  });

  it("takes a chunk only once", () => {
    const first = appendLogs(emptyLog, read(0, [["stdout", "a\n"]]));
    expect(texts(appendLogs(first, { ...read(0, [["stdout", "a\n"]]), next: first.next }))).toEqual(["stdout: a"]);
  });

  it("leaves the shared empty buffer empty", () => {
    appendLogs(emptyLog, read(0, [["stdout", "a\n"]]));
    expect(emptyLog.lines).toEqual([]);
  });

  it("is appended to quickly when it is long", () => {
    let buffer = emptyLog;
    const started = performance.now();
    for (let n = 0; n < 100; n += 1)
      buffer = appendLogs(buffer, read(buffer.next, [["stdout", "line\n".repeat(1000)]]));
    expect(buffer.lines).toHaveLength(100_000);
    expect(performance.now() - started).toBeLessThan(3000);
  });

  it("is searched whatever the case", () => {
    const buffer = appendLogs(emptyLog, read(0, [["stdout", "Epoch 1\nloss 2\nEPOCH 2\n"]]));
    expect(findInLog(buffer.lines, "epoch")).toEqual([0, 2]);
    expect(findInLog(buffer.lines, "")).toEqual([]);
  });
});
