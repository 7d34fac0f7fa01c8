import { expect, test } from "vitest";
import { firstRow } from "./example.ts";

test.each([
  ['{"columns":["a","b"],"data":[[1,"x"],[2,"y"]]}', { a: 1, b: "x" }],
  ['{"dataframe_split":{"columns":["a"],"data":[[1]]}}', { a: 1 }],
  ['{"dataframe_records":[{"a":1}]}', { a: 1 }],
  ['{"inputs":[{"a":1}]}', { a: 1 }],
  ['[{"a":1},{"a":2}]', { a: 1 }],
  ['{"a":1}', { a: 1 }],
  ["[[1,2]]", undefined],
  ["nonsense", undefined],
  ['{"columns":["a"],"data":[]}', undefined],
])("the first row of %s", (text, row) => {
  expect(firstRow(text)).toEqual(row);
});
