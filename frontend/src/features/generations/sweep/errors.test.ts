import { expect, it } from "vitest";
import { sweepErrors } from "./errors";

it("tells each axis its own", () => {
  const { ofAxes, others } = sweepErrors({
    "axes.0.values.3": "Steps must be at most 10,000.",
    "axes.1.parameter": "There is no place for it.",
    "base.parameters.cfg_scale": "Must be a number.",
  });
  expect(ofAxes.get(0)).toEqual(["Value 4: Steps must be at most 10,000."]);
  expect(ofAxes.get(1)).toEqual(["There is no place for it."]);
  expect(others).toEqual(["Must be a number."]);
});
