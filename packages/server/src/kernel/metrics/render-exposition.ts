import type { Labels, MetricFamily, Sample } from "./metric-family.ts";

export const expositionType = "text/plain; version=0.0.4; charset=utf-8";

/**
 * Families in Prometheus' text format. Families of one name are joined, since a name may stand only once; one without
 * samples is left out.
 */
export function renderExposition(families: readonly MetricFamily[]): string {
  const byName = Map.groupBy(families, ({ name }) => name);
  return [...byName.values()].flatMap((parts) => renderFamily(parts)).join("");
}

function renderFamily(parts: readonly MetricFamily[]): string[] {
  const [first] = parts;
  const samples = parts.flatMap((part) => part.samples);
  if (!first || samples.length === 0) return [];
  return [
    `# HELP ${first.name} ${first.help.replaceAll("\\", "\\\\").replaceAll("\n", "\\n")}\n`,
    `# TYPE ${first.name} ${first.type}\n`,
    ...samples.map((sample) => renderSample(first.name, sample)),
  ];
}

const renderSample = (name: string, { labels = {}, value, suffix }: Sample): string =>
  `${name}${suffix ?? ""}${renderLabels(labels)} ${numberText(value)}\n`;

function renderLabels(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

const escaped = (value: string): string =>
  value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");

const numberText = (value: number): string =>
  Number.isFinite(value) ? String(value) : Number.isNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";
