import type { Graph, GraphNode } from "./read-graph";

/** How many links lead to each node at most, from those that take nothing; one that closes a circle does not count. */
export function ranksOf({ nodes, links }: Graph): ReadonlyMap<string, number> {
  const { takers, open } = countOpen(links);
  const ranks = new Map<string, number>();
  const left = new Set(nodes.map(({ id }) => id));
  const ready = [...left].filter((id) => !open.has(id));
  const take = (to: string, rank: number) => {
    if (!left.has(to)) return;
    ranks.set(to, Math.max(ranks.get(to) ?? 0, rank));
    const rest = (open.get(to) ?? 0) - 1;
    open.set(to, rest);
    if (rest <= 0) ready.push(to);
  };
  while (left.size > 0) {
    const [anyOfCircle = ""] = left;
    const id = ready.shift() ?? anyOfCircle;
    if (!left.delete(id)) continue;
    const rank = ranks.get(id) ?? 0;
    ranks.set(id, rank);
    for (const to of takers.get(id) ?? []) take(to, rank + 1);
  }
  return ranks;
}

/** Who takes from each node, and of how many each has to wait. */
function countOpen(links: Graph["links"]) {
  const takers = new Map<string, string[]>();
  const open = new Map<string, number>();
  for (const { from, to } of links) {
    if (from === to) continue;
    takers.set(from, [...(takers.get(from) ?? []), to]);
    open.set(to, (open.get(to) ?? 0) + 1);
  }
  return { takers, open };
}

/** How many columns all links pass by; a layout without crossings takes its time for each of them. */
export function lengthOf({ links }: Graph, ranks: ReadonlyMap<string, number>): number {
  return links.reduce((sum, { from, to }) => sum + Math.abs((ranks.get(to) ?? 0) - (ranks.get(from) ?? 0)), 0);
}

/** The nodes of each rank, each as high as what it takes from. */
export function columnsOf({ nodes }: Graph, ranks: ReadonlyMap<string, number>): string[][] {
  const last = Math.max(0, ...ranks.values());
  const columns = Array.from({ length: last + 1 }, (): GraphNode[] => []);
  for (const node of nodes) columns[ranks.get(node.id) ?? 0]?.push(node);
  const heights = new Map<string, number>();
  const wishOf = ({ inputs }: GraphNode) => mean(inputs.flatMap(({ from }) => heights.get(from) ?? []));
  return columns.map((column) => {
    const wishes = new Map(column.map((node) => [node.id, wishOf(node)]));
    const ids = column.map(({ id }) => id).sort((one, other) => (wishes.get(one) ?? 0) - (wishes.get(other) ?? 0));
    for (const [at, id] of ids.entries()) heights.set(id, at - ids.length / 2);
    return ids;
  });
}

const mean = (numbers: readonly number[]) =>
  numbers.length === 0 ? 0 : numbers.reduce((sum, one) => sum + one, 0) / numbers.length;
