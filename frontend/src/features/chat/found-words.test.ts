import { describe, expect, it } from "vitest";
import { placesOf, wordsOf } from "./found-words";

describe("wordsOf", () => {
  it("takes phrases and words, and leaves out what is not wanted", () => {
    expect(wordsOf('"Fresnel lens" or lamp -oil foo_bar.baz')).toEqual([
      "fresnel",
      "lens",
      "lamp",
      "foo",
      "bar",
      "baz",
    ]);
    expect(wordsOf("  ")).toEqual([]);
  });
});

describe("placesOf", () => {
  it("finds beginnings of words, in their order", () => {
    expect(placesOf("A lamp, clamps and LAMPS", ["lamp"])).toEqual([
      { at: 2, length: 4 },
      { at: 19, length: 4 },
    ]);
    expect(placesOf("Ölofen", ["ofen", "öl"])).toEqual([{ at: 0, length: 2 }]);
  });
});
