import type { ModelVersion } from "@pave/contract";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { FlowGraph } from "../../ui/flow-graph.tsx";
import classes from "./lineage.module.css";
import { type LineageNode, lineageGraph, lineageText } from "./lineage-graph.ts";

const size = { width: 208, height: 60 };

/** Data and code, the run they went into, the version it made, and where that is live; what has a page leads there. */
export function Lineage({ version }: { version: ModelVersion }) {
  const graph = lineageGraph(version);
  return (
    <>
      <FlowGraph
        label="Lineage of the model version"
        maxHeight={360}
        nodes={graph.nodes.map((node) => ({
          id: node.id,
          ...size,
          content: (
            <Linked project={version.project} node={node}>
              <Box node={node} />
            </Linked>
          ),
        }))}
        edges={graph.edges}
      />
      <details className={classes.text}>
        <summary>The same in words</summary>
        <ul>
          {lineageText(graph).map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      </details>
    </>
  );
}

function Linked({ project, node, children }: { project: string; node: LineageNode; children: ReactNode }) {
  const { link } = node;
  if (link?.to === "run")
    return (
      <Link
        to="/projects/$project/runs/$run"
        params={{ project, run: link.run }}
        search={link.of ? { tab: "files", of: link.of, file: "MLmodel" } : {}}
        className={classes.link}
      >
        {children}
      </Link>
    );
  if (link?.to === "deployment")
    return (
      <Link
        to="/projects/$project/deployments/$environment/$deployment"
        params={{ project, environment: link.environment, deployment: link.deployment }}
        className={classes.link}
      >
        {children}
      </Link>
    );
  return <>{children}</>;
}

function Box({ node: { kind, title, detail, full, isSelf } }: { node: LineageNode }) {
  return (
    <div className={classes.box} data-self={isSelf || undefined} title={full}>
      <span className={classes.kind}>{kind}</span>
      <span className={classes.title}>{title}</span>
      <span className={classes.detail}>{detail}</span>
    </div>
  );
}
