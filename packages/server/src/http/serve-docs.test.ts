import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  docsOf,
  type ErrorCode,
  errorStatus,
  type ProjectPermission,
  projectPermissions,
  rolePermissions,
  roles,
} from "@pave/contract";
import Fastify from "fastify";
import { expect, test } from "vitest";
import { docsSections } from "./docs-navigation.ts";
import { renderDocument, serveDocs } from "./serve-docs.ts";

const folder = join(import.meta.dirname, "..", "..", "..", "..", "docs");
const codes = Object.keys(errorStatus) as ErrorCode[];

test("docs/errors.md has one entry for each code and none besides, with the status that the API answers", async () => {
  const text = await readFile(join(folder, "errors.md"), "utf8");
  const entries = [...text.matchAll(/^### (.+)\n\nStatus (\d{3})\. .+\n\n\*\*What to do:\*\* .+$/gm)];
  expect(entries.map(([, code]) => code).sort()).toEqual([...codes].sort());
  expect(text.match(/^### /gm)?.length).toBe(codes.length);
  for (const [, code, status] of entries)
    expect([code, Number(status)]).toEqual([code, errorStatus[code as ErrorCode]]);
});

test("every code is one that something answers with", async () => {
  const packages = join(folder, "..", "packages");
  const sources = (await readdir(packages, { recursive: true })).filter(
    (name) => /^[a-z]+\/src\/.*\.tsx?$/.test(name) && !/\.test\.|\/testing\/|contract\/src\/errors\.ts$/.test(name),
  );
  const text = (await Promise.all(sources.map((name) => readFile(join(packages, name), "utf8")))).join("\n");
  expect(sources.length).toBeGreaterThan(500);
  expect(codes.filter((code) => !text.includes(`"${code}"`))).toEqual([]);
});

test("docs/access.md says of each permission which roles have it", async () => {
  const text = await readFile(join(folder, "access.md"), "utf8");
  const rows = [...text.matchAll(/^\| ([a-z-]+\.[a-z-]+) \| (.*) \|$/gm)].map(([, permission, cells = ""]) => [
    permission,
    roles.filter((_, index) => cells.split("|")[index]?.trim() === "yes"),
  ]);
  const all = Object.keys(projectPermissions) as ProjectPermission[];
  expect(rows.slice(0, all.length)).toEqual(
    all.map((one) => [one, roles.filter((role) => rolePermissions[role].includes(one))]),
  );
});

test("the page has the anchor that each error's `docs` leads to, and no script", async () => {
  const server = Fastify();
  serveDocs(server, { folder });
  const page = await server.inject("/docs/errors");
  expect(page.headers).toMatchObject({ "content-type": "text/html; charset=utf-8" });
  for (const code of codes) {
    const [path, anchor] = docsOf(code).split("#");
    expect(path).toBe("/docs/errors");
    expect(page.body).toContain(`<h3 id="${anchor}">`);
  }
  expect(page.body).not.toMatch(/<script|onclick/);
  expect(page.body).toContain("prefers-color-scheme: dark");
});

const outside = [
  "/docs/../package",
  "/docs/decisions/..%2f..%2fREADME",
  "/docs/decisions/none",
  "/docs/screenshots/..%2F..%2Fpackage.json",
  "/docs/screenshots/none.png",
  "/docs/prometheus/..%2fportal.md",
  "/docs/%00/errors",
];

test("/docs is the first page, beside a list of all pages that are there; links within the docs lead to pages", async () => {
  const server = Fastify();
  serveDocs(server, { folder });
  const first = await server.inject("/docs");
  expect(first.statusCode).toBe(200);
  expect(first.headers["content-security-policy"]).toContain("default-src 'none'");
  const files = (await readdir(folder)).flatMap((name) => /^(.+)\.md$/.exec(name)?.[1] ?? []);
  const listed = docsSections.flatMap(({ pages }) => pages);
  expect(files.filter((file) => !listed.includes(file))).toEqual([]);
  for (const file of files) expect(first.body).toContain(`<a href="/docs/${file}"`);
  for (const page of ["", ...files.map((file) => `/${file}`), "/decisions/2026-11-29-code-as-it-is"]) {
    const { statusCode, body } = await server.inject(`/docs${page}`);
    expect([page, statusCode]).toEqual([page, 200]);
    for (const [, path] of body.matchAll(/(?:href|src)="(\/docs\/[^"#]+)/g))
      expect([page, path, (await server.inject(String(path))).statusCode]).toEqual([page, path, 200]);
  }
});

test("each link of the portal to the docs leads to a page, and to the heading that it names", async () => {
  const server = Fastify();
  serveDocs(server, { folder });
  const portal = join(folder, "..", "packages", "portal", "src");
  const sources = (await readdir(portal, { recursive: true })).filter((name) => /(?<!\.test)\.tsx?$/.test(name));
  const texts = await Promise.all(sources.map((name) => readFile(join(portal, name), "utf8")));
  const links = new Set(texts.flatMap((text) => text.match(/(?<=")\/docs[\w/#-]*(?=")/g) ?? []));
  expect(links.size).toBeGreaterThan(3);
  for (const link of links) {
    const [path = "", anchor] = link.split("#");
    const { statusCode, body } = await server.inject(path);
    expect([link, statusCode]).toEqual([link, 200]);
    if (anchor !== undefined) expect(body, link).toContain(`id="${anchor}"`);
  }
});

test("nothing outside of the folder is shown, and nothing that is no page", async () => {
  const server = Fastify();
  serveDocs(server, { folder });
  for (const path of [
    "/docs/none",
    "/docs/..%2Fpackage",
    "/docs/errors.md",
    "/docs/%2e%2e%2fREADME",
    "/docs/",
    ...outside,
  ])
    expect((await server.inject(path)).statusCode).toBe(404);
});

test("what looks like a tag in a document stays text", () => {
  expect(renderDocument("# A <b>\n\n<script>alert(1)</script>\n")).toContain("&lt;script&gt;");
});
