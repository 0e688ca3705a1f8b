import { isFields, parsed } from "./read-graph";

export interface Place {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Group extends Place {
  title: string;
}

/** Where the author has put the nodes in ComfyUI's editor. */
export interface OriginalPlaces {
  places: ReadonlyMap<string, Place>;
  groups: readonly Group[];
}

/** The editor's positions are those of a node's body; its title stands above. */
const TITLE_PX = 30;
const NARROWEST_PX = 160;
const SHORTEST_PX = 40;
const FARTHEST_PX = 200_000;

/** Null where there is no original, or a node of the graph (inside a subgraph, say) has no place of its own in it. */
export function originalPlaces(original: unknown, ids: readonly string[]): OriginalPlaces | null {
  const whole = parsed(original);
  if (!isFields(whole) || !Array.isArray(whole.nodes)) return null;
  const all = new Map(whole.nodes.flatMap(placeOf));
  const places = new Map<string, Place>();
  for (const id of ids) {
    const place = all.get(id);
    if (!place) return null;
    places.set(id, place);
  }
  const groups = Array.isArray(whole.groups) ? whole.groups.flatMap(groupOf) : [];
  return places.size === 0 ? null : { places, groups };
}

function placeOf(node: unknown): [string, Place][] {
  if (!isFields(node)) return [];
  const [at, size] = [pairOf(node.pos), pairOf(node.size)];
  if (!at) return [];
  const [width, height] = size ?? [NARROWEST_PX, SHORTEST_PX];
  const place = {
    x: at[0],
    y: at[1] - TITLE_PX,
    width: Math.max(width, NARROWEST_PX),
    height: Math.max(height, SHORTEST_PX) + TITLE_PX,
  };
  return [[String(node.id), place]];
}

function groupOf(group: unknown): Group[] {
  if (!isFields(group) || !Array.isArray(group.bounding)) return [];
  const [x, y, width, height] = group.bounding.map((one: unknown) => Number(String(one)));
  if (x === undefined || y === undefined || width === undefined || height === undefined) return [];
  if (![x, y, width, height].every(isSound) || width <= 0 || height <= 0) return [];
  return [{ title: typeof group.title === "string" ? group.title : "", x, y, width, height }];
}

/** `[x, y]`, or as older editors have it `{"0": x, "1": y}`. */
function pairOf(given: unknown): [number, number] | null {
  const [one, other] = Array.isArray(given) ? (given as unknown[]) : isFields(given) ? [given["0"], given["1"]] : [];
  const pair: [number, number] = [Number(String(one)), Number(String(other))];
  return pair.every(isSound) ? pair : null;
}

const isSound = (value: number) => Number.isFinite(value) && Math.abs(value) < FARTHEST_PX;
