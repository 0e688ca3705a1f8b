import { describe, expect, it } from "vitest";
import { blocksOf } from "./markdown-blocks";

const texts = (text: string) => blocksOf(text).map((block) => block.text.trim());

describe("blocks of a Markdown text", () => {
  it("are paragraphs, headings, lists and tables", () => {
    expect(texts("# One\n\nTwo\nlines\n\n- a\n- b\n\n| a |\n| - |\n| b |\n")).toEqual([
      "# One",
      "Two\nlines",
      "- a\n- b",
      "| a |\n| - |\n| b |",
    ]);
  });

  it("keep a list with blank lines together, and number it on", () => {
    const list = "1. one\n\n   more of one\n\n2. two\n\n    code\n\n3. three";
    expect(texts(`${list}\n\nThen a sentence.`)).toEqual([list, "Then a sentence."]);
  });

  it("keep code together, whatever stands in it", () => {
    const code = "```python\na = 1\n\n# no heading\n\n~~~\n- no list\n```";
    expect(texts(`Before\n\n${code}\n\nAfter`)).toEqual(["Before", code, "After"]);
    expect(texts("````\n```\n\n```\n````\n\nAfter")).toEqual(["````\n```\n\n```\n````", "After"]);
    expect(texts("``` not a `fence`\n\nAfter")).toEqual(["``` not a `fence`", "After"]);
  });

  it("know that code is still being written", () => {
    expect(blocksOf("Look:\n\n```js\nlet a\n\nlet b").map(({ isOpen }) => isOpen)).toEqual([false, true]);
    expect(blocksOf("```js\nlet a\n```").map(({ isOpen }) => isOpen)).toEqual([false]);
  });

  it("that have ended stay as they are while the text grows", () => {
    const whole = "# Title\n\nOne.\n\n1. a\n\n2. b\n\n```js\nlet a;\n\nlet b;\n```\n\nThe end.";
    const lines = whole.split("\n");
    let before: string[] = [];
    for (const [last] of lines.entries()) {
      const now = texts(lines.slice(0, last + 1).join("\n"));
      const ended = before.slice(0, -1);
      expect(now.slice(0, ended.length)).toEqual(ended);
      before = now;
    }
    expect(before).toHaveLength(5);
  });

  it("know the links that are defined elsewhere", () => {
    const text = "See [this][1].\n\nMore.\n\n```md\n[1]\n```\n\n[1]: https://example.org";
    const [first, more] = blocksOf(text);
    expect(first?.text.trim().split("\n")).toEqual(["See [this][1].", "", "", "[1]: https://example.org"]);
    expect(more?.text.trim()).toBe("More.");
  });

  it("are one where there are footnotes", () => {
    const text = "Seen.[^1]\n\nMore.\n\n[^1]: By whom.";
    expect(blocksOf(text)).toEqual([{ text, isOpen: false }]);
  });

  it("are pieces of a very long list, numbered on", () => {
    const list = (mark: (place: number) => string) =>
      Array.from({ length: 100 }, (_, place) => `${mark(place)} ${"word ".repeat(10)}\n   more`).join("\n");
    expect(blocksOf(list(() => "-")).length).toBeGreaterThan(2);
    expect(texts(list((place) => `${place + 1}.`))[1]).toMatch(/^\d\d\. word/);
    expect(texts(list(() => "1."))).toHaveLength(1);
    expect(texts(`\`\`\`\n${list(() => "-")}\n\`\`\``)).toHaveLength(1);
  });

  it("are none in nothing", () => {
    expect(blocksOf("")).toEqual([]);
    expect(blocksOf(" \n\n\t\n")).toEqual([]);
  });
});
