import { expect, test } from "vitest";
import { expiredBackups } from "./retention.ts";

const at = (text: string) => ({ id: text, at: new Date(`2026-${text}:00Z`) });

test("the last of each day and of each week stays", () => {
  const backups = [
    at("11-02T01:00"), // Monday, a week of its own
    at("11-09T01:00"),
    at("11-15T01:00"), // Sunday of the same week
    at("11-16T01:00"),
    at("11-17T01:00"),
    at("11-18T01:00"),
    at("11-18T07:00"),
  ];
  expect(expiredBackups(backups, { daily: 2, weekly: 2 })).toEqual([
    "11-18T01:00",
    "11-16T01:00",
    "11-09T01:00",
    "11-02T01:00",
  ]);
  expect(expiredBackups(backups, { daily: 2, weekly: 0 })).toHaveLength(5);
  expect(expiredBackups(backups, { daily: 30, weekly: 30 })).toEqual(["11-18T01:00"]);
});

test("the newest stays however little is kept, and a pause of months removes nothing", () => {
  expect(expiredBackups([at("11-02T01:00")], { daily: 1, weekly: 0 })).toEqual([]);
  expect(expiredBackups([at("01-02T01:00"), at("03-02T01:00")], { daily: 7, weekly: 4 })).toEqual([]);
  expect(expiredBackups([], { daily: 7, weekly: 4 })).toEqual([]);
});
