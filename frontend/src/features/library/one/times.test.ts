import { expect, test } from "vitest";
import { secondsBetween, secondsShown } from "./times";

test("times are said as one would", () => {
  expect(secondsShown(0.04)).toBe("0.0 s");
  expect(secondsShown(3.21)).toBe("3.2 s");
  expect(secondsShown(200)).toBe("3 min 20 s");
  expect(secondsShown(7_270)).toBe("2 h 1 min");
  expect(secondsShown(null)).toBeNull();
});

test("a clock that went back makes no negative time", () => {
  expect(secondsBetween("2026-01-01T00:00:05Z", "2026-01-01T00:00:03Z")).toBe(0);
  expect(secondsBetween("2026-01-01T00:00:00Z", null)).toBeNull();
});
