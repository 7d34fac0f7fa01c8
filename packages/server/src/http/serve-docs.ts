import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { FastifyInstance, FastifyReply } from "fastify";
import { Marked } from "marked";
import { navigation } from "./docs-navigation.ts";

export interface DocsOptions {
  /** `docs/` of this installation. */
  readonly folder: string;
}

/**
 * `/docs/<name>` shows `docs/<name>.md` as a plain page, to which every error message links; `/docs` leads to the first.
 * No sign-in, no scripts. Only names of the forms below are looked up, so no path leads out of the folder.
 */
export function serveDocs(server: FastifyInstance, options: DocsOptions): void {
  const read = (file: string) => readFile(join(options.folder, file)).catch(() => undefined);
  const sendPage = async (reply: FastifyReply, page: string) => {
    const text = pageName.test(page) ? await read(`${page}.md`) : undefined;
    if (text === undefined) return reply.callNotFound();
    return reply
      .headers({ "content-security-policy": contentSecurity, "cache-control": "no-cache" })
      .type("text/html; charset=utf-8")
      .send(renderDocument(text.toString("utf8"), await navigation(options.folder, page)));
  };
  server.get("/docs", (_request, reply) => sendPage(reply, firstPage));
  server.get<{ Params: { page: string } }>("/docs/:page", (request, reply) => sendPage(reply, request.params.page));
  server.get<{ Params: { folder: string; file: string } }>("/docs/:folder/:file", async (request, reply) => {
    const path = `${request.params.folder}/${request.params.file}`;
    if (pageName.test(path)) return sendPage(reply, path);
    const type = /^screenshots\/[a-z0-9-]+\.png$/.test(path)
      ? "image/png"
      : /^prometheus\/[a-z.]+\.yml$/.test(path)
        ? "text/plain; charset=utf-8"
        : undefined;
    const bytes = type === undefined ? undefined : await read(path);
    if (type === undefined || bytes === undefined) return reply.callNotFound();
    return reply.headers({ "content-security-policy": contentSecurity }).type(type).send(bytes);
  });
}

const firstPage = "quickstart";
const pageName = /^(decisions\/)?[a-z0-9][a-z0-9-]*$/;

const contentSecurity =
  "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/** One Markdown file as a whole page; each heading can be linked to by `anchorOf` its text. */
export function renderDocument(markdown: string, navigation = ""): string {
  const title = /^# (.+)$/m.exec(markdown)?.[1] ?? "Pave";
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escaped(title)} · Pave</title>
<style>${style}</style>
</head>
<body>
<header><a href="/">Pave</a> <a href="/docs">Docs</a></header>
<div class="page">
${navigation}<main>
${marked.parse(markdown, { async: false })}</main>
</div>
</body>
</html>
`;
}

/** `run.not_found` is `run-not_found`, as the `docs` of an error says. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/<[^>]+>/g, "")
    .replace(/[^\w]+/g, "-")
    .replace(/^-|-$/g, "");

const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[sign] ?? sign);

const marked = new Marked({
  renderer: {
    heading({ tokens, depth }) {
      const text = this.parser.parseInline(tokens);
      const anchor = anchorOf(text);
      return `<h${depth} id="${anchor}"><a href="#${anchor}">${text}</a></h${depth}>\n`;
    },
    // a file of the folder is a page here; what lies elsewhere in the repository is shown as what it is called
    link({ href, tokens }) {
      const text = this.parser.parseInline(tokens);
      const [path = "", anchor] = href.split("#");
      if (/^[a-z]+:\/\//.test(href) || href.startsWith("#") || href.startsWith("/"))
        return `<a href="${escaped(href)}">${text}</a>`;
      const page = /^(?:\.\/)?([a-z0-9/-]+?)(?:\.md)?$/.exec(path)?.[1];
      if (page === undefined && !/^[a-z]+\/[a-z0-9.-]+\.(png|yml)$/.test(path)) return text;
      return `<a href="/docs/${page ?? path}${anchor === undefined ? "" : `#${escaped(anchor)}`}">${text}</a>`;
    },
    image: ({ href, text }) =>
      `<img src="${/^screenshots\//.test(href) ? "/docs/" : ""}${escaped(href)}" alt="${escaped(text)}" loading="lazy">`,
    // the documents are ours, and still nothing in them is taken for a tag
    html: ({ text }) => escaped(text),
  },
});

const style = `
:root { color-scheme: light dark; --text: #1c2421; --soft: #5d6b66; --line: #d9e0dd; --ground: #fff; --code: #f1f5f3; --road: #077f6b }
@media (prefers-color-scheme: dark) {
  :root { --text: #dfe7e4; --soft: #93a29c; --line: #33403b; --ground: #141a18; --code: #1f2825; --road: #51b3a0 }
}
body { margin: 0; background: var(--ground); color: var(--text); font: 15px/1.6 Inter, ui-sans-serif, system-ui, sans-serif }
header, .page { max-width: 64rem; margin: 0 auto; padding: 1rem 1.25rem }
header a { margin-right: 1rem; color: inherit; text-decoration: none }
.page { display: flex; gap: 2.5rem; align-items: flex-start; padding-top: 0 }
main { flex: 1; min-width: 0; max-width: 46rem; padding-top: 1rem }
nav { flex: 0 0 11rem; position: sticky; top: 0; padding-top: 1.6rem; font-size: .9rem }
nav h2 { font-size: .75rem; margin: 1rem 0 .2rem; color: var(--soft); text-transform: uppercase; letter-spacing: .04em }
nav a { display: block; padding: .15rem 0; color: inherit; text-decoration: none }
nav a[aria-current], nav a:hover { color: var(--road) }
nav a[aria-current] { font-weight: 600 }
img { max-width: 100% }
@media (max-width: 46rem) { .page { display: block } nav { position: static; border-bottom: 1px solid var(--line); padding-bottom: .8rem } }
header { border-bottom: 1px solid var(--line); font-weight: 600 }
main { padding-bottom: 50vh }
a { color: var(--road) }
h1, h2, h3 { line-height: 1.3; scroll-margin-top: 1rem }
h1 { font-size: 1.6rem } h2 { font-size: 1.2rem; margin-top: 2.5rem } h3 { font-size: 1rem; margin: 1.8rem 0 .3rem }
h1 a, h2 a, h3 a { color: inherit; text-decoration: none } h3 a { font-family: ui-monospace, monospace }
h3:target { background: var(--code); outline: 2px solid var(--road); outline-offset: 4px; border-radius: 2px }
p { margin: .3rem 0 }
code { background: var(--code); padding: .1em .3em; border-radius: 3px; font: .9em ui-monospace, monospace }
pre { background: var(--code); padding: .8rem; overflow-x: auto; border-radius: 4px } pre code { padding: 0 }
table { border-collapse: collapse; margin: 1rem 0 } th, td { border-bottom: 1px solid var(--line); padding: .3rem 1rem .3rem 0; text-align: left }
`;
