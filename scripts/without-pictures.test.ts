import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { withoutPictures } from "./pack/without-pictures.ts";

test("pictures go with their lines and their columns of tables, and nothing else does", () => {
  const markdown = [
    "# The portal",
    "",
    "![A road](docs/screenshots/road.png)",
    "",
    "| page | question | light |",
    "| --- | --- | --- |",
    "| Home | What waits? | ![](screenshots/home.png) |",
    "| Palette | | |",
    "",
    "| code | meaning |",
    "| --- | --- |",
    "| `a` | or `b` |",
    "",
  ].join("\n");
  expect(withoutPictures(markdown)).toBe(
    [
      "# The portal",
      "",
      "| page | question |",
      "| --- | --- |",
      "| Home | What waits? |",
      "| Palette |  |",
      "",
      "| code | meaning |",
      "| --- | --- |",
      "| `a` | or `b` |",
      "",
    ].join("\n"),
  );
});

test.each(["README.md", "docs/portal.md"])("%s has no picture left in a package", async (file) => {
  const markdown = await readFile(join(import.meta.dirname, "..", file), "utf8");
  expect(markdown).toContain(".png)");
  expect(withoutPictures(markdown)).not.toContain(".png)");
});
