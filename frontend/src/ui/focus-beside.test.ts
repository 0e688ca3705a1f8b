import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { focusNextPage } from "./focus-beside";

const left = { isConnected: true };
const heading = { focus: vi.fn() };

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("requestAnimationFrame", (draw: () => void) => setTimeout(draw, 16));
  const querySelector = () => (left.isConnected ? left : heading);
  vi.stubGlobal("document", { activeElement: left, body: left, querySelector });
  left.isConnected = true;
  heading.focus.mockClear();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function leaveAfter(seconds: number): void {
  focusNextPage();
  vi.advanceTimersByTime(seconds * 1_000);
  left.isConnected = false;
  vi.advanceTimersByTime(1_000);
}

it("waits as long as a slow page may take", () => {
  leaveAfter(30);
  expect(heading.focus).toHaveBeenCalledOnce();
});

it("takes the focus from nobody long afterwards", () => {
  leaveAfter(90);
  expect(heading.focus).not.toHaveBeenCalled();
});
