import type { Project } from "@pave/contract";
import { shortDigest } from "../../lib/format.ts";
import { Card } from "../../ui/card.tsx";
import { Facts } from "../../ui/facts.tsx";
import { Pill } from "../../ui/pill.tsx";
import { TimeAgo } from "../../ui/time-ago.tsx";

export function About({ project }: { project: Project }) {
  const { template, latestRevision } = project;
  return (
    <Card title="About">
      <Facts
        facts={[
          { label: "Owner", value: project.owner },
          { label: "Tier", value: <Pill>{project.tier}</Pill> },
          { label: "Template", value: template ? `${template.name} ${template.version}` : "none" },
          {
            label: "Revision",
            value: latestRevision ? (
              <>
                <code title={latestRevision.digest}>{shortDigest(latestRevision.digest)}</code>,{" "}
                <TimeAgo at={latestRevision.createdAt} />
              </>
            ) : (
              "no files pushed yet"
            ),
          },
          { label: "Created", value: <TimeAgo at={project.createdAt} /> },
        ]}
      />
    </Card>
  );
}
