import { describe, expect, it } from "vitest";
import { type AxisDraft, newAxis, problemOf, textVariable, totalOf, type Variable, valuesOf } from "./axes";

const number = (isWhole: boolean): Variable => ({
  name: "cfg_scale",
  label: "CFG",
  way: "range",
  isWhole,
  options: [],
  value: "7",
});
const axisOf = (variable: Variable, change: Partial<AxisDraft>) => ({ ...newAxis(1, variable), ...change });
const read = (variable: Variable, change: Partial<AxisDraft>) => valuesOf(axisOf(variable, change), variable);

describe("valuesOf", () => {
  it("walks a range exactly, with both ends", () => {
    expect(read(number(false), { from: "0.1", to: "0.5", step: "0.1" }).values).toEqual([0.1, 0.2, 0.3, 0.4, 0.5]);
    expect(read(number(true), { from: "10", to: "-10", step: "-10" }).values).toEqual([10, 0, -10]);
    expect(read(number(true), { from: "1", to: "6", step: "2" }).values).toEqual([1, 3, 5]);
  });

  it("keeps the digits of large seeds", () => {
    const seeds: Variable = { ...number(true), way: "seeds" };
    expect(read(seeds, { way: "list", list: "18446744073709551615 7" }).values).toEqual(["18446744073709551615", 7]);
    expect(read(seeds, { way: "list", list: "18446744073709551616" }).problem).toContain("no seed");
  });

  it.each([
    [{ from: "a" }, "numbers"],
    [{ from: "", to: "" }, "numbers"],
    [{ from: "1", to: "5", step: "0" }, "does not lead"],
    [{ from: "1", to: "5", step: "-1" }, "does not lead"],
    [{ from: "1.5", to: "5", step: "1" }, "whole"],
  ])("tells what is wrong with %j", (change, told) => {
    expect(read(number(true), change).problem).toContain(told);
  });

  it("counts a range that is far too long without walking it", () => {
    expect(read(number(true), { from: "0", to: "999999999999", step: "1" })).toMatchObject({ count: 1e12 });
  });

  it("reads lists and lines, none of them twice", () => {
    expect(read(number(false), { way: "list", list: "1, 2.5 3;4" }).values).toEqual([1, 2.5, 3, 4]);
    expect(read(number(false), { way: "list", list: "1 1.0" }).problem).toContain("twice");
    const prompt = textVariable("prompt_text", "Prompt", "");
    expect(read(prompt, { list: "a cat\n\n a dog \n" }).values).toEqual(["a cat", " a dog "]);
  });

  it("takes the chosen in the order of the options", () => {
    const sampler: Variable = { ...number(false), way: "choice", options: ["euler", "heun", true] };
    expect(read(sampler, { chosen: ["true", "euler"] }).values).toEqual(["euler", true]);
  });
});

describe("totalOf", () => {
  it("tells how it comes about", () => {
    expect(totalOf([4, 5, 10], "product")).toEqual({ total: 200, told: "4 × 5 × 10 = 200 pictures" });
    expect(totalOf([5, 5], "zip")).toEqual({ total: 5, told: "5 pictures" });
    expect(totalOf([1], "product")).toEqual({ total: 1, told: "1 picture" });
    expect(totalOf([], "product")).toEqual({ total: 0, told: "No pictures yet" });
  });
});

describe("problemOf", () => {
  it("stops what would be refused", () => {
    expect(problemOf([], "product", 500)).toContain("at least one");
    expect(problemOf([3, 0], "product", 500)).toContain("no values");
    expect(problemOf([3, 4], "zip", 500)).toContain("3, 4");
    expect(problemOf([30, 20], "product", 500)).toContain("600");
    expect(problemOf([30, 20], "product", 600)).toBeNull();
  });
});
