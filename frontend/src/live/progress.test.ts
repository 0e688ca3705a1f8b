import { beforeEach, expect, it, vi } from "vitest";
import { forgetOld, hear, useProgress } from "./progress";

const told = (seq: number, percent: number, status: "pending" | "running" = "running") => ({ seq, percent, status });
const shown = () => useProgress.getState().one;

beforeEach(() => useProgress.setState({}, true));

it("drops what is older, and never goes back", () => {
  expect(hear("one", told(2_000_005, 60))).toBe(true);
  expect(hear("one", told(2_000_004, 50))).toBe(false);
  expect(hear("one", told(2_000_005, 70))).toBe(false);
  expect(hear("one", told(2_000_006, 55))).toBe(true);
  expect(shown()?.percent).toBe(60);
});

it("forgets the preview and the node of a run that was lost", () => {
  hear("one", { ...told(2_000_001, 40), node: "KSampler", previewUrl: "/preview" });
  hear("one", told(2_000_002, 41));
  expect(shown()).toMatchObject({ node: "KSampler", previewUrl: "/preview" });
  hear("one", { ...told(3_000_000, 41, "pending"), waitingReason: "ComfyUI is away." });
  hear("one", told(4_000_000, 41));
  expect(shown()).toMatchObject({ status: "running", node: null, previewUrl: null, waitingReason: null });
});

it("does not grow for ever", () => {
  vi.useFakeTimers({ now: 0 });
  hear("one", told(1, 0));
  hear("two", told(1, 0));
  vi.setSystemTime(61_000);
  hear("three", told(1, 0));
  forgetOld((id) => id === "two");
  expect(Object.keys(useProgress.getState())).toEqual(["two", "three"]);
  vi.useRealTimers();
});
