import { expect, test } from "vitest";
import { drawSeed, RANDOM, readSeed } from "./seed";

test("every seed of ComfyUI keeps all its digits", () => {
  expect(readSeed("9007199254740991")).toBe(9007199254740991);
  expect(readSeed("9007199254740993")).toBe("9007199254740993");
  expect(readSeed("18446744073709551615")).toBe("18446744073709551615");
  expect(readSeed(" 0 ")).toBe(0);
  expect(readSeed(-1)).toBe(RANDOM);
});

test("what is no seed is none", () => {
  for (const value of ["18446744073709551616", "1.5", "1e3", "-2", "", "0x10", null])
    expect(readSeed(value)).toBeNull();
});

test("a drawn seed is one that every client can hold", () => {
  for (let turn = 0; turn < 100; turn += 1) expect(Number.isSafeInteger(drawSeed())).toBe(true);
});
