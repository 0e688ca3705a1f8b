import { expect, it } from "vitest";
import { columnsOf, ranksOf } from "./ranks";
import { readGraph } from "./read-graph";

const graphOf = (takes: Record<string, string[]>) =>
  readGraph(
    Object.fromEntries(
      Object.entries(takes).map(([id, from]) => [
        id,
        { class_type: "Any", inputs: Object.fromEntries(from.map((one, at) => [`in${at}`, [one, 0]])) },
      ]),
    ),
  );

it("ranks by the longest way", () => {
  const ranks = ranksOf(graphOf({ a: [], b: ["a"], c: ["a", "b"], d: [] }));
  expect(Object.fromEntries(ranks)).toEqual({ a: 0, b: 1, c: 2, d: 0 });
});

it("ends in a circle, and ranks all of it", () => {
  const graph = graphOf({ a: ["c"], b: ["a"], c: ["b"], d: ["d"] });
  const ranks = ranksOf(graph);
  expect([...ranks.keys()].sort()).toEqual(["a", "b", "c", "d"]);
  expect(columnsOf(graph, ranks).flat().sort()).toEqual(["a", "b", "c", "d"]);
});

it("puts nodes of a column beside what they take from", () => {
  const graph = graphOf({ a: [], b: [], y: ["b"], x: ["a"] });
  expect(columnsOf(graph, ranksOf(graph))).toEqual([
    ["a", "b"],
    ["x", "y"],
  ]);
});
