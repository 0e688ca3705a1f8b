import { expect, test } from "vitest";
import { filled, joined, nameFrom, variablesOf } from "./variables";

test("variables are found once each, in both texts, in the order of their coming", () => {
  expect(variablesOf("a {subject} in {place}, {subject}", "no {fear}")).toEqual(["subject", "place", "fear"]);
  expect(variablesOf("{größe} {снег} {a1_}", null)).toEqual(["größe", "снег", "a1_"]);
});

test("ComfyUI's own braces are no variables", () => {
  expect(variablesOf("{red|blue} {red|{dark|light} blue} { space } {}", `{${"x".repeat(51)}}`)).toEqual([]);
});

test("doubled braces are one pair of braces, with the variables in them", () => {
  expect(variablesOf("{{plain}} {{a {thing}}}")).toEqual(["thing"]);
  expect(filled("{{plain}} {{a {thing}}}", { thing: "cup" })).toBe("{plain} {a cup}");
});

test("values go in once and are not looked into; what has none is still seen", () => {
  expect(filled("{a} and {b}", { a: "{b} $1 $&" })).toBe("{b} $1 $& and {b}");
  expect(filled("{constructor}", {})).toBe("{constructor}");
  expect(filled("{red|blue} {a}", { a: "" })).toBe("{red|blue} {a}");
});

test("a prompt is put after another with a comma, unless there is a mark already", () => {
  expect(joined("a cup", "film grain")).toBe("a cup, film grain");
  expect(joined("a cup,  ", "film grain")).toBe("a cup, film grain");
  expect(joined(" \n", "film grain")).toBe("film grain");
});

test("a long text is called by its first words", () => {
  expect(nameFrom("  a\nred   cup ")).toBe("a red cup");
  expect(nameFrom(`${"lighthouse ".repeat(20)}`)).toBe("lighthouse lighthouse lighthouse lighthouse lighthouse…");
  expect(nameFrom("x".repeat(500))).toBe(`${"x".repeat(30)}…`);
});
