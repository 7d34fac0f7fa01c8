import type { Jump } from "@pave/contract";
import { settingsSections } from "../../pages/project-settings/sections.ts";
import { fuzzyScore } from "./fuzzy.ts";

/** Something to go to or to do. */
export interface Entry {
  readonly id: string;
  readonly group: string;
  readonly title: string;
  readonly detail: string;
  readonly href: string;
}

const pages: readonly Entry[] = [
  ["Home", "What waits for me?", "/"],
  ["Inbox", "What was I told?", "/inbox"],
  ["Projects", "What exists, who owns it, is it healthy?", "/projects"],
  ["Environments", "Which release runs where, since when?", "/environments"],
  ["Activity", "Who did what?", "/activity"],
  ["Settings", "Your account and tokens", "/settings"],
  ["People", "People, invitations, teams", "/settings/people"],
  ["Backups", "Could the platform be brought back?", "/settings/backups"],
  ["Notifications", "What am I told, and where do messages go?", "/settings/notifications"],
].map(([title = "", detail = "", href = ""]) => ({ id: `page ${href}`, group: "Pages", title, detail, href }));

const groups: Readonly<Record<Jump["kind"], string>> = {
  project: "Projects",
  environment: "Environments",
  deployment: "Deployments",
  model: "Models",
  plan: "Plans",
  run: "Runs",
};

const projectPages = [
  ["Runs", "/runs"],
  ["Experiments", "/experiments"],
  ["Monitoring", "/monitoring"],
  ["Activity", "/activity"],
  ["Settings", "/settings"],
  ...settingsSections.map(({ path, title }) => [title, `/settings/${path}`] as const),
] as const;

/** Everything that the palette offers: actions first, then pages, then what is named; `project` is where one is. */
export function allEntries(jumps: readonly Jump[], project: string | undefined): Entry[] {
  const here = project === undefined ? [] : projectEntries(project);
  return [
    {
      id: "new project",
      group: "Actions",
      title: "New project",
      detail: "From a table or a repository",
      href: "/new-project",
    },
    ...here.filter(({ group }) => group === "Actions"),
    { id: "new token", group: "Actions", title: "New token", detail: "For a program", href: "/settings" },
    ...here.filter(({ group }) => group !== "Actions"),
    ...pages,
    ...jumps.map((jump) => ({ ...jump, id: `${jump.kind} ${jump.href}`, group: groups[jump.kind] })),
    ...jumps
      .filter(({ kind, title }) => kind === "project" && title !== project)
      .map(({ title }) => ({
        id: `runs ${title}`,
        group: "Projects",
        title: `Runs of ${title}`,
        detail: "search and compare",
        href: `/projects/${title}/runs`,
      })),
  ];
}

const projectEntries = (project: string): Entry[] => [
  {
    id: "run pipeline",
    group: "Actions",
    title: `Run a pipeline of ${project}`,
    detail: "Of the newest revision",
    href: `/projects/${project}/runs`,
  },
  ...projectPages.map(([title, path]) => ({
    id: `here ${path}`,
    group: "This project",
    title: `${title} of ${project}`,
    detail: "",
    href: `/projects/${project}${path}`,
  })),
];

const most = 40;

/** The best first within their groups; groups in the order of their best. A number alone is a run of where one is. */
export function findEntries(entries: readonly Entry[], typed: string, project: string | undefined): Entry[] {
  const number = /^(?:run\s*)?#?(\d{1,9})$/i.exec(typed.trim())?.[1];
  const direct =
    number === undefined || project === undefined
      ? []
      : [
          {
            id: `number ${number}`,
            group: "This project",
            title: `Run ${number} of ${project}`,
            detail: "by its number",
            href: `/projects/${project}/runs/${number}`,
          },
        ];
  const rated = entries
    .flatMap((entry) => {
      const score = fuzzyScore(typed, `${entry.title} ${entry.detail}`);
      const inTitle = fuzzyScore(typed, entry.title);
      return score === null ? [] : [{ entry, score: score + (inTitle === null ? 0 : 5) }];
    })
    .sort((a, b) => (typed.trim() === "" ? 0 : b.score - a.score))
    .slice(0, most)
    .map(({ entry }) => entry);
  const found = [...direct, ...rated.filter(({ href }) => href !== direct[0]?.href)];
  return [...Map.groupBy(found, ({ group }) => group).values()].flat();
}
