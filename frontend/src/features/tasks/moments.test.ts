import { expect, it } from "vitest";
import { fieldOf, lengthOf, momentOf, tookOf } from "./moments";

it("goes into a field and back", () => {
  const at = "2026-07-01T12:30:00.000Z";
  expect(momentOf(fieldOf(at))).toBe(at);
  expect(fieldOf(null)).toBe("");
  expect(momentOf("")).toBeNull();
  expect(momentOf("soon")).toBeNull();
});

it("says how long something took", () => {
  expect(lengthOf(0.44)).toBe("0.4 s");
  expect(lengthOf(59.4)).toBe("59 s");
  expect(lengthOf(185)).toBe("3 min 5 s");
  expect(lengthOf(7_260)).toBe("2 h 1 min");
  expect(tookOf("2026-01-01T00:00:00Z", "2026-01-01T00:01:00Z")).toBe("1 min 0 s");
  expect(tookOf(null, "2026-01-01T00:01:00Z")).toBeNull();
});
