import { describe, expect, it } from "vitest";
import {
  ago,
  brief,
  bytes,
  duration,
  metric,
  milliseconds,
  percent,
  perMinute,
  shortDigest,
  signed,
} from "./format.ts";

const now = Date.parse("2026-11-23T12:00:00.000Z");

describe("numbers as people read them", () => {
  it.each<[string, string, string]>([
    ["a duration below a second", duration(0.2364), "236 ms"],
    ["seconds that count up", duration(7), "7 s"],
    ["seconds that were measured", duration(28.24), "28.2 s"],
    ["minutes", duration(144), "2 min 24 s"],
    ["almost a minute", duration(59.97), "1 min 0 s"],
    ["almost 19 minutes", duration(1139.8), "19 min 0 s"],
    ["almost two hours", duration(7199), "2 h 0 min"],
    ["hours", duration(3723), "1 h 2 min"],
    ["no duration", duration(null), "–"],
    ["bytes", bytes(104_847), "102 KiB"],
    ["few bytes", bytes(178), "178 B"],
    ["a metric", metric(0.66208), "0.6621"],
    ["a count as metric", metric(39_855), "39,855"],
    ["a small metric", metric(0.00046234), "0.000462"],
    ["a tiny metric", metric(-4.6251e-8), "-4.63e-8"],
    ["a huge metric", metric(3.2e20), "3.20e20"],
    ["what subtraction leaves", signed(0.1 + 0.2 - 0.3), "±0"],
    ["a gain", signed(0.0017), "+0.0017"],
    ["a loss", signed(-0.0557), "−0.0557"],
    ["no difference", signed(0), "±0"],
    ["latency", milliseconds(0.912), "0.91 ms"],
    ["a share", percent(0.0007, 2), "0.07 %"],
    ["much traffic", perMinute(282.4), "282 req/min"],
    ["little traffic", perMinute(0.4), "0.4 req/min"],
    ["a digest", shortDigest(`sha256:${"ab".repeat(32)}`), "abababababab"],
    ["a long value", brief("x".repeat(100), 5), "xxxx…"],
  ])("%s", (_, text, expected) => {
    expect(text).toBe(expected);
  });

  it.each([
    [2, "just now"],
    [42, "42 s ago"],
    [150, "2 min ago"],
    [7300, "2 h ago"],
    [200_000, "2 d ago"],
  ])("%d seconds in the past are %s", (seconds, expected) => {
    expect(ago(new Date(now - seconds * 1000).toISOString(), now)).toBe(expected);
  });
});
