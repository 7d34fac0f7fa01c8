import { counted, type ModelVersion } from "@pave/contract";
import { Link } from "@tanstack/react-router";
import { exactTime, shortDigest } from "../../lib/format.ts";
import { Card } from "../../ui/card.tsx";
import { CopyLine } from "../../ui/copy-line.tsx";
import { type Fact, Facts } from "../../ui/facts.tsx";
import { OwnerOf } from "../project/owner-of.tsx";
import { placeText, releasePlaces, releaseText } from "./release-places.ts";

/** Where it serves and was released to, what it was checked with, and what exactly it is. */
export function WhereLive({ version }: { version: ModelVersion }) {
  const { check, lineage } = version;
  const before = releasePlaces(version).filter(({ isLive }) => !isLive);
  const facts: Fact[] = [
    {
      label: "Live in",
      value:
        version.live.length === 0
          ? "nowhere yet"
          : version.live.map((place) => (
              <div key={`${place.environment}/${place.deployment}`} style={{ fontWeight: 550 }}>
                <DeploymentLink project={version.project} place={place} />
              </div>
            )),
    },
    ...(before.length === 0
      ? []
      : [
          {
            label: "Released to",
            value: before.map((place) => (
              <div key={`${place.environment}/${place.deployment}`} title={place.releases.map(releaseText).join("\n")}>
                <DeploymentLink project={version.project} place={place} />, {placeText(place)}
              </div>
            )),
          },
        ]),
    ...(version.stage === "None"
      ? []
      : [
          {
            label: "Stage",
            value: <span title="For clients of MLflow 2; aliases took its place">{version.stage}</span>,
          },
        ]),
    { label: "Owner", value: <OwnerOf project={version.project} /> },
    { label: "Checked", value: check ? checkText(check) : servingText(version.serving) },
    { label: "Registered", value: `${exactTime(version.createdAt)} by ${version.createdBy.name}` },
    { label: "Digest", value: <code title={version.digest}>{shortDigest(version.digest)}</code> },
    {
      label: "Python",
      value: <code title={lineage.pythonEnvironment ?? ""}>{shortDigest(lineage.pythonEnvironment)}</code>,
    },
    ...lineage.components.map(({ step, uses, digest }) => ({ label: step, value: <span title={digest}>{uses}</span> })),
  ];
  return (
    <Card title="About this version">
      <Facts facts={facts} />
      {version.live.length === 0 && version.serving.state === "passed" ? (
        <div style={{ marginTop: 12 }}>
          <CopyLine text={deployLine(version)} />
        </div>
      ) : null}
    </Card>
  );
}

function DeploymentLink({
  project,
  place: { environment, deployment },
}: {
  project: string;
  place: { readonly environment: string; readonly deployment: string };
}) {
  return (
    <Link
      to="/projects/$project/deployments/$environment/$deployment"
      params={{ project, environment, deployment }}
      className="link"
    >
      {environment} / {deployment}
    </Link>
  );
}

/** What a client registered is released by itself; what a pipeline made, with its project. */
const deployLine = ({ name, version, project, lineage: { run } }: ModelVersion): string =>
  run
    ? `pave deploy --to staging --model ${name}@${version}`
    : `pave deploy --to staging --model models:/${name}/${version} --project ${project}`;

function servingText({ state, problem }: ModelVersion["serving"]): string {
  switch (state) {
    case "running":
      return "a runner loads and scores it now";
    case "failed":
      return `it cannot be released: ${problem ?? "it did not pass its check"}`;
    default:
      return "not checked: register it once more";
  }
}

function checkText({ rows, maxDifference }: NonNullable<ModelVersion["check"]>): string {
  const scored = `${counted(rows, "reference row")} scored again through the serving path`;
  return maxDifference === null
    ? scored
    : `${scored}; largest difference ${maxDifference === 0 ? "0" : maxDifference.toExponential(1)}`;
}
