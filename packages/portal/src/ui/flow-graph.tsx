import "@xyflow/react/dist/base.css";
import {
  BaseEdge,
  Controls,
  type Edge,
  type EdgeProps,
  Handle,
  type Node,
  type NodeProps,
  Position,
  ReactFlow,
  ReactFlowProvider,
  useReactFlow,
} from "@xyflow/react";
import { type ReactNode, useEffect, useMemo } from "react";
import { edgeId, type GraphEdge, type GraphNode, layoutGraph, linePath } from "../lib/graph-layout.ts";
import { useElementWidth } from "../lib/use-element-width.ts";
import classes from "./flow-graph.module.css";
import { useGraphKeys } from "./use-graph-keys.ts";

export interface FlowNode extends GraphNode {
  readonly content: ReactNode;
}
export interface FlowEdge extends GraphEdge {
  readonly tone?: "done" | "busy" | "idle";
}
interface FlowGraphProps {
  readonly label: string;
  readonly nodes: readonly FlowNode[];
  readonly edges: readonly FlowEdge[];
  readonly maxHeight?: number;
}

type LineEdgeType = Edge<{ tone: string; bends: readonly { readonly x: number; readonly y: number }[] }, "line">;
type ContentNode = Node<{ content: ReactNode }, "content">;
const nodeTypes = { content: ContentNodeView };
const edgeTypes = { line: LineEdge };
const padding = 20;
/** Never so small that it cannot be read: what does not fit is reached by dragging. */
const fit = { padding: `${padding}px`, minZoom: 0.55, maxZoom: 1 } as const;

/** Boxes with arrows from left to right. What stands in a box, and what a click on it does, is its content's own. */
export function FlowGraph(props: FlowGraphProps) {
  return (
    <ReactFlowProvider>
      <Graph {...props} />
    </ReactFlowProvider>
  );
}

function Graph({ label, nodes, edges, maxHeight = 380 }: FlowGraphProps) {
  const [host, width] = useElementWidth<HTMLDivElement>();
  const { fitView } = useReactFlow();
  const keys = useGraphKeys((id) => void fitView({ ...fit, nodes: [{ id }] }));
  const shape = JSON.stringify([
    nodes.map(({ id, width, height }) => [id, width, height]),
    edges.map(({ from, to }) => [from, to]),
  ]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `shape` says all that the layout depends on
  const layout = useMemo(() => layoutGraph(nodes, edges), [shape]);
  const height = Math.min(maxHeight, heightFor(layout, width));
  // biome-ignore lint/correctness/useExhaustiveDependencies: fitted again when the layout or the room for it changes
  useEffect(() => {
    const frame = requestAnimationFrame(() => void fitView(fit));
    return () => cancelAnimationFrame(frame);
  }, [shape, width, height, fitView]);
  return (
    <section ref={host} className={classes.graph} style={{ height }} aria-label={label} {...keys}>
      <ReactFlow
        nodes={nodes.map((node): ContentNode => toNode(node, layout.positions.get(node.id)))}
        edges={edges.map(
          (edge): LineEdgeType => ({
            id: edgeId(edge),
            source: edge.from,
            target: edge.to,
            type: "line",
            data: { tone: edge.tone ?? "idle", bends: layout.bends.get(edgeId(edge)) ?? [] },
          }),
        )}
        nodeTypes={nodeTypes}
        edgeTypes={edgeTypes}
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        elementsSelectable={false}
        zoomOnScroll={false}
        zoomOnDoubleClick={false}
        preventScrolling={false}
        minZoom={0.25}
        maxZoom={1.5}
        fitView
        fitViewOptions={fit}
        proOptions={{ hideAttribution: true }}
      >
        <Controls showInteractive={false} position="bottom-right" orientation="horizontal" />
      </ReactFlow>
    </section>
  );
}

/** As high as the graph is once it fits the width; at least so high that one row of boxes has air. */
function heightFor(layout: { width: number; height: number }, width: number): number {
  const zoom = width === 0 ? 1 : Math.max(fit.minZoom, Math.min(1, (width - 2 * padding) / Math.max(1, layout.width)));
  return Math.max(140, Math.round(layout.height * zoom) + 2 * padding + 28);
}

const toNode = (node: FlowNode, position = { x: 0, y: 0 }): ContentNode => ({
  id: node.id,
  type: "content",
  position,
  width: node.width,
  height: node.height,
  data: { content: node.content },
});

function ContentNodeView({ data }: NodeProps<ContentNode>) {
  return (
    <div className={`${classes.node} nopan nodrag`}>
      <Handle type="target" position={Position.Left} className={classes.handle} isConnectable={false} />
      {data.content}
      <Handle type="source" position={Position.Right} className={classes.handle} isConnectable={false} />
    </div>
  );
}

function LineEdge({ sourceX, sourceY, targetX, targetY, data }: EdgeProps<LineEdgeType>) {
  const path = linePath([{ x: sourceX, y: sourceY }, ...(data?.bends ?? []), { x: targetX, y: targetY }]);
  const tone = data?.tone ?? "idle";
  return (
    <BaseEdge
      path={path}
      className={`${classes.edge} ${tone === "busy" ? classes.busy : tone === "done" ? classes.done : ""}`}
    />
  );
}
