import { describe, expect, it } from "vitest";
import { neighbour, placesOf } from "./layout";
import { readGraph } from "./read-graph";

const node = (inputs: object) => ({ class_type: "Any", inputs });
const chain = readGraph({ "1": node({}), "2": node({ a: ["1", 0] }), "3": node({ a: ["2", 0], b: ["1", 0] }) });
const x = (places: ReturnType<typeof placesOf>["places"], id: string) => places.get(id)?.x ?? Number.NaN;

describe("placesOf", () => {
  it("stands each node to the right of what it takes from", () => {
    const { places } = placesOf(chain, null);
    expect(x(places, "1")).toBeLessThan(x(places, "2"));
    expect(x(places, "2")).toBeLessThan(x(places, "3"));
  });

  it("gives every node a place in a circle, with itself, and alone", () => {
    const graph = readGraph({ "1": node({ a: ["2", 0] }), "2": node({ a: ["1", 0], b: ["2", 0] }), "3": node({}) });
    const { places } = placesOf(graph, null);
    for (const id of ["1", "2", "3"]) expect(Number.isFinite(x(places, id))).toBe(true);
  });

  it("is quick for 500 nodes with long links, and none covers another", () => {
    const many = Object.fromEntries(
      Array.from({ length: 500 }, (_, at) => [
        String(at),
        node(at < 3 ? {} : { a: [String(at - 1 - (at % 3)), 0], b: [String(Math.floor(at / 2)), 1], c: at }),
      ]),
    );
    const started = performance.now();
    const { places } = placesOf(readGraph(many), null);
    expect(performance.now() - started).toBeLessThan(2_000);
    const all = [...places.values()];
    const covers = (one: (typeof all)[number], other: (typeof all)[number]) =>
      one.x < other.x + other.width &&
      other.x < one.x + one.width &&
      one.y < other.y + other.height &&
      other.y < one.y + one.height;
    expect(all.some((one, at) => all.some((other, place) => place > at && covers(one, other)))).toBe(false);
  });

  it("takes the author's places and frames", () => {
    const nodes = [1, 2, 3].map((id) => ({ id, pos: [id * 500, 100], size: { "0": 300, "1": 200 } }));
    const groups = [{ title: "Loaders", bounding: [0, 0, 900, 500] }, { bounding: "x" }, null];
    const plan = placesOf(chain, JSON.stringify({ nodes, groups }));
    expect(plan.places.get("2")).toMatchObject({ x: 1000, width: 300 });
    expect(plan.groups).toEqual([{ title: "Loaders", x: 0, y: 0, width: 900, height: 500 }]);
  });

  it.each([
    "{",
    { nodes: 3 },
    { nodes: [null, { id: 1, pos: "x" }] },
    { nodes: [{ id: 1, pos: [1e99, 0] }] },
  ])("arranges by itself where the original is %j", (original) => {
    expect(x(placesOf(chain, original).places, "1")).toBeLessThan(x(placesOf(chain, original).places, "3"));
  });
});

describe("neighbour", () => {
  it("goes along and back, and stops at the end", () => {
    const { places } = placesOf(chain, null);
    expect(neighbour(places, "1", "right")).toBe("2");
    expect(neighbour(places, "2", "left")).toBe("1");
    expect(neighbour(places, "3", "right")).toBeNull();
    expect(neighbour(places, "nobody", "right")).toBeNull();
  });
});
