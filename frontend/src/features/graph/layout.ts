import { layout as arrange, Graph as Dagre } from "@dagrejs/dagre";
import { type OriginalPlaces, originalPlaces, type Place } from "./original-places";
import { columnsOf, lengthOf, ranksOf } from "./ranks";
import type { Graph, GraphNode } from "./read-graph";

const WIDTH_PX = 240;
const GAP_PX = 24;
const COLUMN_GAP_PX = 90;
const HEAD_PX = 48;
const ROW_PX = 20;
const FOOT_PX = 8;
/** What a node shows of its values; the rest stands in its details. */
export const MOST_ROWS = 12;

/** All nodes where their author put them, else in columns from what is loaded to what is saved. */
export function placesOf(graph: Graph, original: unknown): OriginalPlaces {
  const ids = graph.nodes.map(({ id }) => id);
  const known = originalPlaces(original, ids);
  if (!known) return { places: columns(graph), groups: [] };
  const roomy = graph.nodes.map((node): [string, Place] => {
    const place = known.places.get(node.id) ?? { x: 0, y: 0, width: WIDTH_PX, height: 0 };
    return [node.id, { ...place, height: Math.max(place.height, heightOf(node)) }];
  });
  return { ...known, places: new Map(roomy) };
}

export function heightOf({ inputs, values }: GraphNode): number {
  return HEAD_PX + ROW_PX * Math.min(inputs.length + values.length, MOST_ROWS + 1) + FOOT_PX;
}

/** Dagre looks for few crossings, which takes it seconds where links pass by many columns (500 nodes: 30 s). */
const MOST_LENGTH = 1_500;

function columns(graph: Graph): ReadonlyMap<string, Place> {
  const ranks = ranksOf(graph);
  if (lengthOf(graph, ranks) > MOST_LENGTH) return stacked(graph, ranks);
  try {
    return arranged(graph);
  } catch {
    return stacked(graph, ranks);
  }
}

function arranged({ nodes, links }: Graph): ReadonlyMap<string, Place> {
  const sheet = new Dagre({ multigraph: true });
  sheet.setGraph({ rankdir: "LR", nodesep: GAP_PX, ranksep: COLUMN_GAP_PX });
  sheet.setDefaultEdgeLabel(() => ({}));
  for (const node of nodes) sheet.setNode(node.id, { width: WIDTH_PX, height: heightOf(node) });
  for (const { from, to } of links) if (from !== to) sheet.setEdge(from, to);
  arrange(sheet);
  return new Map(
    nodes.map((node) => {
      const { x = 0, y = 0 } = sheet.node(node.id) as { x?: number; y?: number };
      const height = heightOf(node);
      return [node.id, { x: x - WIDTH_PX / 2, y: y - height / 2, width: WIDTH_PX, height }];
    }),
  );
}

/** Column by column, one above the other. */
function stacked(graph: Graph, ranks: ReadonlyMap<string, number>): ReadonlyMap<string, Place> {
  const heights = new Map(graph.nodes.map((node) => [node.id, heightOf(node)]));
  const places = new Map<string, Place>();
  for (const [at, column] of columnsOf(graph, ranks).entries()) {
    const whole = column.reduce((sum, id) => sum + (heights.get(id) ?? 0) + GAP_PX, 0);
    let y = -whole / 2;
    for (const id of column) {
      const height = heights.get(id) ?? 0;
      places.set(id, { x: at * (WIDTH_PX + COLUMN_GAP_PX), y, width: WIDTH_PX, height });
      y += height + GAP_PX;
    }
  }
  return places;
}

export type Direction = "left" | "right" | "up" | "down";

const TURNS: Record<Direction, (dx: number, dy: number) => [ahead: number, aside: number]> = {
  left: (dx, dy) => [-dx, Math.abs(dy)],
  right: (dx, dy) => [dx, Math.abs(dy)],
  up: (dx, dy) => [-dy, Math.abs(dx)],
  down: (dx, dy) => [dy, Math.abs(dx)],
};

/** The node that an arrow key leads to: the nearest that way, what is straight ahead first. */
export function neighbour(places: ReadonlyMap<string, Place>, from: string, way: Direction): string | null {
  const start = places.get(from);
  if (!start) return null;
  let best: { id: string; cost: number } | null = null;
  for (const [id, place] of places) {
    const [ahead, aside] = TURNS[way](
      middle(place.x, place.width, start.x, start.width),
      middle(place.y, place.height, start.y, start.height),
    );
    const cost = ahead + 2 * aside;
    if (id !== from && ahead > 1 && aside < 3 * ahead && (best === null || cost < best.cost)) best = { id, cost };
  }
  return best?.id ?? null;
}

const middle = (at: number, size: number, from: number, fromSize: number) => at + size / 2 - from - fromSize / 2;
