import { describe, expect, it } from "vitest";
import { cronOf, rhythmOf, rhythmShown, USUAL, wallTime } from "./cron";

describe("a rhythm", () => {
  it("comes back from its cron", () => {
    for (const cron of ["0 9 * * *", "5 * * * *", "30 18 * * 1-5", "0 0 * * 0", "*/5 * * * *", "@daily", "61 9 * * *"])
      expect(cronOf(rhythmOf(cron))).toBe(cron);
  });

  it("is said in words", () => {
    expect(rhythmShown("0 9 * * *")).toBe("Every day at 09:00");
    expect(rhythmShown("30 18 * * 1-5")).toBe("Monday to Friday at 18:30");
    expect(rhythmShown("0 7 * * 3")).toBe("Every Wednesday at 07:00");
    expect(rhythmShown("15 * * * *")).toBe("Every hour at minute 15");
    expect(rhythmShown("0 9 1 * *")).toBe("0 9 1 * *");
  });

  it("is every day at nine to begin with", () => expect(cronOf(USUAL)).toBe("0 9 * * *"));
});

it("shows the clock of the other zone", () => {
  expect(wallTime("2026-07-01T09:00:00+13:00")).toBe(wallTime("2026-07-01T09:00:00-10:00"));
  expect(wallTime("2026-07-01T09:05:00+02:00")).toContain("09:05");
});
