import { expect, test } from "vitest";
import { drawSeed, RANDOM, readSeed, seedsFrom } from "./seed";

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

test("variations of a kept seed count upwards, without losing digits, and begin again after the last", () => {
  expect(seedsFrom("18446744073709551614", 3)).toEqual(["18446744073709551614", "18446744073709551615", 0]);
  expect(seedsFrom(9007199254740990, 3)).toEqual([9007199254740990, 9007199254740991, "9007199254740992"]);
  expect(seedsFrom(RANDOM, 2)).toEqual([RANDOM, RANDOM]);
});

test("a drawn seed is one that every client can hold", () => {
  for (let turn = 0; turn < 100; turn += 1) expect(Number.isSafeInteger(drawSeed())).toBe(true);
});
