import { expect, test } from "vitest";
import { judgeImport } from "./check-imports.ts";

const at = (path: string) => `packages/server/src/${path}`;

test.each([
  ["modules/plans/a.ts", "modules/ledger/index.ts", undefined],
  ["modules/plans/a.ts", "modules/releases/index.ts", "plans (rank 3) must not import releases (rank 9)"],
  ["modules/releases/a.ts", "modules/plans/plan-hash.ts", "plans is used through its index.ts only"],
  ["modules/models/a.ts", "modules/tracking/index.ts", undefined],
  ["modules/tracking/a.ts", "modules/models/index.ts", "tracking (rank 5) must not import models (rank 5)"],
  ["kernel/ids.ts", "db/context.ts", "kernel may import nothing of the server, not db"],
  ["gateway/worker.ts", "db/context.ts", "gateway may import kernel, drivers, not db"],
  ["runner/a.ts", "modules/access/index.ts", "runner may import kernel, drivers, gateway, not modules"],
  ["http/server.ts", "modules/access/index.ts", "http may import kernel, db, not modules"],
  ["modules/plans/a.ts", "app.ts", "modules imports packages/server/src/app.ts, which knows every module"],
  ["app.ts", "modules/releases/index.ts", undefined],
])("%s importing %s", (file, target, reason) => {
  expect(judgeImport(at(file), at(target))).toBe(reason);
});

test("packages do not reach into each other by path", () => {
  expect(judgeImport("packages/cli/src/main.ts", "packages/server/src/config.ts")).toBe(
    "packages import each other by name, not by path",
  );
});

test.each([
  ["lib/use-x.ts", "ui/toast.tsx", "lib of the portal may import lib, not ui"],
  ["ui/toast.tsx", "pages/home/page.tsx", "ui of the portal may import lib, ui, not pages"],
  ["ui/toast.tsx", "lib/format.ts", undefined],
  ["pages/home/page.tsx", "ui/toast.tsx", undefined],
])("in the portal, %s importing %s", (file, target, reason) => {
  expect(judgeImport(`packages/portal/src/${file}`, `packages/portal/src/${target}`)).toBe(reason);
});
