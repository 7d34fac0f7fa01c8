import type { AliasChange, Client, ModelVersion, VersionProfile } from "@pave/contract";
import { CliError, type Command, projectOption, text } from "../command.ts";
import { projectName } from "../local/project-folder.ts";
import { ago, colors, facts, metric, state, table } from "../output.ts";

export const modelsShow: Command = {
  name: "models show",
  summary: "show a model, its versions and who set which alias, or one version: metrics, signature, where it came from",
  arguments: [
    {
      name: "<model[@version]>",
      help: "a model, or a version or alias of it: flight-delays@2, flight-delays@production",
    },
  ],
  options: [projectOption],
  examples: ["pave models show flight-delays", "pave models show flight-delays@2"],
  async run(context, [reference], options) {
    const [model, version, ...more] = (reference ?? "").split("@");
    if (!model || version === "" || more.length > 0)
      throw new CliError(`${reference}: expected name or name@version`, {
        fix: "For example: pave models show flight-delays@2",
      });
    const project = await projectName(context.folder, text(options.project));
    const client = await context.client();
    if (version === undefined) {
      const page = await client.listModelVersions({ params: { project, model }, query: {} });
      const changes = await client.listAliasChanges({ params: { project, model }, query: { limit: shownChanges } });
      return {
        data: { name: model, ...page, aliasChanges: changes.items },
        text: [describeVersions(model, page), ...describeChanges(changes.items)].join("\n"),
      };
    }
    const data = await client.getModelVersion({ params: { project, model, version } });
    const {
      columns,
      prediction: _,
      ...found
    } = await client.getVersionProfile({
      params: { project, model, version: data.version },
    });
    const profile = { ...found, columns: columns.length };
    const metrics = Object.entries(data.metrics).map(([name, value]) => [name, metric(value)]);
    return {
      data: { ...data, reference: profile },
      text: [
        `${colors.bold(`${data.name} version ${data.version}`)}  ${data.status}${data.aliases.map((alias) => `  @${alias}`).join("")}`,
        facts([
          ["digest", data.digest],
          ["run", data.lineage.run ? `${data.lineage.run.number} (${data.lineage.run.pipeline})` : null],
          [
            "revision",
            data.lineage.revision
              ? `${data.lineage.revision.number} ${data.lineage.revision.digest.slice(7, 19)}`
              : null,
          ],
          ["data", data.lineage.datasets.map((dataset) => `${dataset.name} ${dataset.digest.slice(7, 19)}`).join(", ")],
          ["environment", data.lineage.pythonEnvironment],
          ["inputs", data.signature?.inputs.map((column) => `${column.name}: ${column.type}`).join(", ")],
          ["serving", servingText(data.serving)],
          ["reference", referenceText(profile)],
          ["live in", data.live.map((place) => `${place.environment}/${place.deployment}`).join(", ") || "nowhere"],
          ["other releases", othersText(data.releases)],
        ]),
        table(["metric", "value"], metrics, "no metrics"),
      ].join("\n"),
    };
  },
};

function servingText({ state, problem }: ModelVersion["serving"]): string {
  switch (state) {
    case "passed":
      return "can be released";
    case "running":
      return "is being checked: a runner loads and scores it";
    case "failed":
      return `cannot be released: ${problem ?? "it did not pass its check"}`;
    case "none":
      return "was never checked; register it again";
  }
}

/** Of releases that are over, or not there yet, the newest; `--json` has more. */
const shownReleases = 5;

function othersText(releases: ModelVersion["releases"]): string {
  const others = releases.filter(({ state }) => state !== "active");
  const lines = others
    .slice(0, shownReleases)
    .map(
      ({ environment, deployment, number, state, endedAt }) =>
        `${environment}/${deployment} release ${number} (${state}${endedAt === null ? "" : ` ${ago(endedAt)}`})`,
    );
  const more = others.length - shownReleases;
  return [...lines, ...(more > 0 ? [`${more} more`] : [])].join(", ") || "none";
}

/** What drift of it is measured against. */
function referenceText({ state, message, rows, columns }: Reference): string {
  if (state === "ready") return `${rows} rows, ${columns} columns${message ? `; ${message}` : ""}`;
  return state === "making" ? "a runner counts it" : `none: ${message}`;
}

type Reference = Pick<VersionProfile, "state" | "message" | "rows"> & { readonly columns: number };

function describeVersions(model: string, { items, next }: VersionPage): string {
  const rows = items.map((item) => [
    item.version,
    state(item.status),
    item.aliases.map((alias) => `@${alias}`).join(" "),
    item.run?.number,
    item.live.map((place) => `${place.environment}/${place.deployment}`).join(", "),
    ago(item.createdAt),
  ]);
  return [
    colors.bold(model),
    table(["version", "state", "aliases", "run", "live in", "when"], rows, "no versions"),
    ...(next === null
      ? []
      : [colors.dim(`  Older ones are left out; see one with \`pave models show ${model}@VERSION\`.`)]),
  ].join("\n");
}

/** Of aliases, the newest; the portal shows all. */
const shownChanges = 10;

function describeChanges(changes: readonly AliasChange[]): string[] {
  if (changes.length === 0) return [];
  const rows = changes.map(({ alias, before, version, by, at }) => [
    `@${alias}`,
    before,
    version ?? "removed",
    by.name,
    ago(at),
  ]);
  return ["", table(["alias", "from", "to", "by", "when"], rows, "")];
}

type VersionPage = Awaited<ReturnType<Client["listModelVersions"]>>;
