import { describe, expect, test } from "vitest";
import { formatJson, inLines, jsonProblem } from "./json-text";

describe("formatJson", () => {
  test("keeps every number to the letter", () => {
    const numbers = [
      "18446744073709551615",
      "1.0",
      "1e3",
      "1E+3",
      "-0",
      "-0.0",
      "0.10",
      "123456789012345678901234567890",
    ];
    expect(formatJson(`{"n":[${numbers.join(",")}]}`)).toBe(`{\n  "n": [${numbers.join(", ")}]\n}`);
  });

  test("keeps the order of the keys, also of numbers", () => {
    expect(formatJson('{"10":1,"9":2,"a":3,"1":4}')).toBe('{\n  "10": 1,\n  "9": 2,\n  "a": 3,\n  "1": 4\n}');
  });

  test("keeps strings to the letter, whatever is in them", () => {
    const strings = ['"a \\"b\\" {[,:]} \\\\"', '"\\u00e9\\/\\n"', '"é 😀"', '""', '"  two  spaces  "'];
    for (const string of strings) expect(formatJson(`{ "s" : ${string} }`)).toBe(`{\n  "s": ${string}\n}`);
  });

  test("changes only white space, and nothing the second time", () => {
    const text =
      '{"3":{"inputs":{"seed":18446744073709551615,"model":["4",0],"deep":[[1,2],[]],"none":{}},"_meta":null}}';
    const once = formatJson(text);
    expect(once.replace(/\s/g, "")).toBe(text);
    expect(formatJson(once)).toBe(once);
    expect(once).toContain('"model": ["4", 0]');
    expect(once).toContain('"none": {}');
  });
});

describe("inLines", () => {
  test("sets one line in many, with its numbers to the letter", () => {
    expect(inLines('{"3":{"seed":18446744073709551615,"cfg":7.0}}\n')).toBe(
      '{\n  "3": {\n    "seed": 18446744073709551615,\n    "cfg": 7.0\n  }\n}',
    );
  });

  test("leaves lines of somebody's own, and what is not sound", () => {
    for (const text of ['{\n\t"a": [1,\n2]}', '{"a": 1', "plain words"]) expect(inLines(text)).toBe(text);
  });
});

describe("jsonProblem", () => {
  test("finds none in sound JSON", () => {
    expect(jsonProblem('{"seed": 18446744073709551615, "cfg": 1.0}')).toBeNull();
  });

  test("names the line", () => {
    expect(jsonProblem('{\n  "a": 1\n  "b": 2\n}')).toMatchObject({ line: 3, position: 13 });
  });

  test("an end that comes too early is on the last line", () => {
    expect(jsonProblem('{\n  "a": [1,\n')).toMatchObject({ line: 3 });
    expect(jsonProblem("")).toMatchObject({ line: 1, position: 0 });
  });

  test("names a key that stands twice", () => {
    expect(jsonProblem('{\n"a": 1,\n"a": 2}')?.message).toContain("'a'");
  });
});
