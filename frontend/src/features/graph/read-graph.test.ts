import { describe, expect, it } from "vitest";
import { readGraph, textOf } from "./read-graph";

const node = (inputs: object, class_type = "KSampler") => ({ class_type, inputs });

describe("readGraph", () => {
  it("tells links from literal values", () => {
    const graph = readGraph({ "4": node({}, "Loader"), "3": node({ model: ["4", 1], steps: 20, size: [512, 768] }) });
    expect(graph.links).toEqual([{ from: "4", output: 1, to: "3", input: "model", type: "MODEL" }]);
    const sampler = graph.nodes.find(({ id }) => id === "3");
    expect(sampler?.values).toEqual([
      { name: "steps", text: "20" },
      { name: "size", text: "[512, 768]" },
    ]);
  });

  it("keeps all digits of a text's numbers", () => {
    const graph = readGraph('{"3": {"class_type": "K", "inputs": {"seed": 18446744073709551615, "cfg": 7.0}}}');
    expect(graph.nodes[0]?.values.map(({ text }) => text)).toEqual(["18446744073709551615", "7.0"]);
  });

  it("shows a node that others take from and that is not there", () => {
    const graph = readGraph({ "3": node({ model: ["99", 0] }) });
    expect(graph.nodes.map(({ id, isMissing }) => [id, isMissing])).toEqual([
      ["3", false],
      ["99", true],
    ]);
  });

  it("takes the graph out of a request", () => {
    expect(readGraph({ prompt: { "3": node({}) } }).nodes).toHaveLength(1);
  });

  it.each([
    null,
    undefined,
    "",
    "{",
    "[]",
    7,
    [],
    { a: 1, b: null, c: "x", d: [] },
  ])("has nothing to show of %j", (odd) => {
    expect(readGraph(odd).nodes).toEqual([]);
  });

  it.each([
    { "1": { class_type: 7, inputs: "x", _meta: [] } },
    { "1": { inputs: { a: ["1", 0], b: [[["deep"]]], c: { d: null }, e: ["1"], f: ["1", -1], g: [null, null] } } },
    { "1": {}, "": { class_type: "" } },
  ])("does not break at %j", (odd) => {
    expect(readGraph(odd).nodes.length).toBeGreaterThan(0);
  });
});

describe("textOf", () => {
  it("cuts what nobody reads", () => {
    expect(textOf("x".repeat(1_000_000)).length).toBeLessThan(30_000);
  });
});
