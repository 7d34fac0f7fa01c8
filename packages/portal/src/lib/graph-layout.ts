import dagre from "@dagrejs/dagre";

export interface GraphNode {
  readonly id: string;
  readonly width: number;
  readonly height: number;
}
export interface GraphEdge {
  readonly from: string;
  readonly to: string;
}
interface Point {
  readonly x: number;
  readonly y: number;
}
export const edgeId = ({ from, to }: GraphEdge): string => `${from}→${to}`;

export interface GraphLayout {
  readonly width: number;
  readonly height: number;
  readonly positions: ReadonlyMap<string, Point>;
  /** Where an edge passes other nodes on its way, by `edgeId`. */
  readonly bends: ReadonlyMap<string, readonly Point[]>;
}

/** Places nodes from left to right so that every edge points right. Edges to unknown nodes are left out. */
export function layoutGraph(nodes: readonly GraphNode[], edges: readonly GraphEdge[]): GraphLayout {
  const graph = new dagre.graphlib.Graph().setDefaultEdgeLabel(() => ({}));
  graph.setGraph({ rankdir: "LR", nodesep: 18, ranksep: 36, marginx: 0, marginy: 0 });
  const known = new Set(nodes.map(({ id }) => id));
  for (const { id, width, height } of nodes) graph.setNode(id, { width, height });
  for (const { from, to } of edges) if (known.has(from) && known.has(to)) graph.setEdge(from, to);
  dagre.layout(graph);
  const positions = new Map(
    nodes.map(({ id, width, height }) => {
      const { x, y } = graph.node(id) as { x: number; y: number };
      return [id, { x: x - width / 2, y: y - height / 2 }] as const;
    }),
  );
  const bends = new Map(
    graph.edges().map(({ v, w }) => {
      const { points = [] } = graph.edge(v, w) as { points?: Point[] };
      // the first and the last point lie on the borders of the two nodes; with five or more, the edge passes a rank
      return [edgeId({ from: v, to: w }), points.length < 5 ? [] : points.slice(1, -1)] as const;
    }),
  );
  const { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number };
  return { width: Number.isFinite(width) ? width : 0, height: Number.isFinite(height) ? height : 0, positions, bends };
}

/** A line that leaves to the right, passes its bends level and arrives from the left. */
export function linePath(points: readonly Point[]): string {
  const [first, ...rest] = points;
  if (!first) return "";
  const parts = rest.map((to, index) => {
    const from = points[index] ?? first;
    const middle = (from.x + to.x) / 2;
    return `C${middle},${from.y} ${middle},${to.y} ${to.x},${to.y}`;
  });
  return `M${first.x},${first.y}${parts.join("")}`;
}
