import { expect, it } from "vitest";
import type { Generation } from "@/api/types";
import type { Progress } from "@/live/progress";
import { shownOf } from "./shown";

const row = (seq: number, status: Generation["status"], progress = 0) =>
  ({ seq, status, progress, current_node: null, waiting_reason: null }) as Generation;
const heard = (seq: number, status: Progress["status"], percent: number): Progress => ({
  ...{ seq, status, percent, node: "KSampler", previewUrl: "/preview", waitingReason: null, heardAt: 0 },
});

it("shows what was heard last", () => {
  expect(shownOf(row(1_000_000, "pending"), heard(2_000_003, "running", 40))).toMatchObject({
    ...{ status: "running", percent: 40, node: "KSampler", previewUrl: "/preview" },
  });
});

it("keeps the preview where the row is a little newer", () => {
  expect(shownOf(row(2_000_009, "running", 45), heard(2_000_003, "running", 40))).toMatchObject({
    ...{ percent: 45, node: null, previewUrl: "/preview" },
  });
});

it("goes back to waiting with a row whose worker has died", () => {
  expect(shownOf(row(3_000_000, "pending", 30), heard(2_000_009, "running", 40))).toMatchObject({
    ...{ status: "pending", previewUrl: null },
  });
});

it("believes a row that has ended, whatever comes late", () => {
  expect(shownOf(row(3_000_000, "completed", 100), heard(2_000_009, "running", 40)).status).toBe("completed");
  expect(shownOf(row(3_000_000, "cancelled", 20), heard(4_000_009, "running", 40)).percent).toBe(20);
});
