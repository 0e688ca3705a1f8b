import { describe, expect, it } from "vitest";
import { byNode, classesOf } from "./by-node";
import type { Shown } from "./parameters";

const shown = (nodeId: string, title: string, known?: boolean) =>
  ({ name: `${nodeId}.x`, extracted: { nodeId, title, known } }) as Shown;

describe("parameters by node", () => {
  const classes = classesOf('{"1": {"class_type": "KSampler"}, "2": {"class_type": "Magic"}, "3": null, "4": {}}');

  it("stand together, with the class where the title is another", () => {
    const nodes = byNode([shown("2", "My magic", false), shown("1", "KSampler"), shown("2", "My magic")], classes);
    expect(nodes.map(({ title, classType, isKnown, rows }) => [title, classType, isKnown, rows.length])).toEqual([
      ["My magic", "Magic", false, 2],
      ["KSampler", null, true, 1],
    ]);
  });

  it("do without classes where there is no graph", () => {
    expect(classes.size).toBe(2);
    for (const text of ["", "{", "null", "[]", '"text"', "7"]) expect(classesOf(text).size).toBe(0);
    expect(byNode([shown("9", "Gone")], classes)[0]?.classType).toBeNull();
  });
});
