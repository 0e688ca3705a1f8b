import { expect, test } from "vitest";
import { type Piece, wordDiff } from "./word-diff";

const text = (pieces: readonly Piece[], without: Piece["kind"]) =>
  pieces
    .filter(({ kind }) => kind !== without)
    .map((piece) => piece.text)
    .join("");

test("one word is another", () => {
  expect(wordDiff("a red fox, at night", "a blue fox, at night")).toEqual([
    { kind: "same", text: "a " },
    { kind: "gone", text: "red" },
    { kind: "new", text: "blue" },
    { kind: "same", text: " fox, at night" },
  ]);
});

test("both texts can be read from the pieces", () => {
  const pairs = [
    ["", ""],
    ["", "all new"],
    ["all gone", ""],
    ["one two three four", "zero two four, five"],
    ["Füchse 🦊 im Wald", "Füchse 🦊🦊 am Waldrand"],
  ] as const;
  for (const [a, b] of pairs) {
    expect(text(wordDiff(a, b), "new")).toBe(a);
    expect(text(wordDiff(a, b), "gone")).toBe(b);
  }
});

test("two long texts without anything in common take no time", () => {
  const [a, b] = ["x", "y"].map((letter) => `${letter} ${letter}1 `.repeat(2_000));
  const pieces = wordDiff(a ?? "", b ?? "");
  expect(text(pieces, "new")).toBe(a);
  expect(text(pieces, "gone")).toBe(b);
});
