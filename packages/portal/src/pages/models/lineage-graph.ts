import type { ModelVersion } from "@pave/contract";
import { count, shortDigest } from "../../lib/format.ts";
import { placeText, type ReleasePlace, releasePlaces, releaseText } from "./release-places.ts";

/** Where a click on a node leads, in the words of the router. */
export type LineageLink =
  /** `of` is a model that it logged: its files are looked at there. */
  | { readonly to: "run"; readonly run: string; readonly of?: string }
  | { readonly to: "deployment"; readonly environment: string; readonly deployment: string };

export interface LineageNode {
  readonly id: string;
  readonly kind: string;
  readonly title: string;
  readonly detail: string;
  /** The whole of what is cut in the detail. */
  readonly full?: string;
  readonly link?: LineageLink;
  readonly isSelf?: boolean;
}

export interface LineageGraph {
  readonly nodes: readonly LineageNode[];
  readonly edges: readonly { readonly from: string; readonly to: string; readonly tone?: "done" }[];
}

/**
 * Data, code and environment, the run they went into, what that logged, the version, and where it is live or was released
 * to: from what was recorded when it was registered, and of a client's run from what the client said.
 */
export function lineageGraph(version: ModelVersion): LineageGraph {
  const { run, trackedRun, loggedModel, components } = version.lineage;
  const sources = sourcesOf(version);
  const ours: LineageNode[] = run
    ? [
        {
          ...{ id: "run", kind: "run", title: `Run ${run.number}`, link: { to: "run", run: String(run.number) } },
          detail: `pipeline ${run.pipeline}${components.length > 0 ? `, ${components.length} steps` : ""}`,
        },
      ]
    : trackedRun
      ? [
          {
            ...{ id: "run", kind: "run of a client", title: trackedRun.name, detail: trackedRun.id.slice(0, 8) },
            ...{ full: trackedRun.id, link: { to: "run", run: trackedRun.id } },
          },
        ]
      : [];
  const logged: LineageNode[] =
    loggedModel === null
      ? []
      : [
          {
            id: "logged",
            kind: "logged model",
            title: loggedModel.slice(0, 10),
            detail: "files of the run",
            full: loggedModel,
            ...(trackedRun && !run ? { link: { to: "run", run: trackedRun.id, of: loggedModel } as const } : {}),
          },
        ];
  const own: LineageNode = {
    ...{ id: "version", kind: "model version", title: `${version.name} version ${version.version}`, isSelf: true },
    ...{ detail: shortDigest(version.digest), full: version.digest },
  };
  const places = releasePlaces(version);
  const way = [...ours, ...logged, own];
  return {
    nodes: [...sources, ...way, ...places.map(placeNode)],
    edges: [
      ...sources.map(({ id }) => ({ from: id, to: way[0]?.id ?? "version" })),
      ...way.slice(1).map(({ id }, index) => ({ from: way[index]?.id ?? "", to: id })),
      ...places.map((place) => ({
        ...{ from: "version", to: placeNode(place).id },
        ...(place.isLive ? { tone: "done" as const } : {}),
      })),
    ],
  };
}

const placeNode = (place: ReleasePlace): LineageNode => ({
  ...{ id: `at ${place.environment}/${place.deployment}`, kind: "deployment" },
  ...{ title: `${place.environment} / ${place.deployment}`, detail: placeText(place) },
  ...(place.releases.length === 0 ? {} : { full: place.releases.map(releaseText).join("\n") }),
  link: { to: "deployment", environment: place.environment, deployment: place.deployment },
});

function sourcesOf({ lineage }: ModelVersion): LineageNode[] {
  const { datasets, trackedRun, revision, pythonEnvironment } = lineage;
  const data = [
    ...datasets,
    ...(lineage.run ? [] : (trackedRun?.datasets ?? []).map((dataset) => ({ ...dataset, rows: null }))),
  ];
  // what it was read from, and its columns, stand on the page of the run that read it
  const reader = lineage.run ? String(lineage.run.number) : trackedRun?.id;
  const link = reader === undefined ? {} : ({ link: { to: "run", run: reader } } as const);
  const commit = commitOf(revision?.git) ?? (lineage.run ? null : (trackedRun?.commit ?? null));
  return [
    ...data.map(
      ({ name, digest, rows }): LineageNode => ({
        ...{ id: `data ${name} ${digest}`, kind: "data", title: name, full: digest, ...link },
        detail: `${rows === null ? "" : `${count(rows)} rows, `}${shortDigest(digest)}`,
      }),
    ),
    ...(revision
      ? [
          {
            ...{ id: "revision", kind: "revision", title: `Revision ${revision.number}`, full: revision.digest },
            detail: shortDigest(revision.digest),
          },
        ]
      : []),
    ...(commit
      ? [{ id: "commit", kind: "code", title: `Commit ${commit.slice(0, 10)}`, detail: "git", full: commit }]
      : []),
    ...(pythonEnvironment
      ? [
          {
            ...{ id: "python", kind: "environment", title: "Python packages", full: pythonEnvironment },
            detail: shortDigest(pythonEnvironment),
          },
        ]
      : []),
  ];
}

const commitOf = (git: unknown): string | null =>
  typeof git === "object" && git !== null && "commit" in git && typeof git.commit === "string" ? git.commit : null;

/** The same in sentences, for whoever does not see the graph: what each thing came from. */
export function lineageText({ nodes, edges }: LineageGraph): string[] {
  const names = new Map(nodes.map(({ id, kind, title, detail }) => [id, `${kind} ${title} (${detail})`]));
  return nodes.flatMap(({ id }) => {
    const from = edges.filter(({ to }) => to === id).flatMap((edge) => names.get(edge.from) ?? []);
    return from.length === 0 ? [] : [`${names.get(id)} comes from ${from.join(" and ")}.`];
  });
}
