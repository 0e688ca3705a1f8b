import { describe, expect, test } from "vitest";
import { dayAfter, daysBetween, isDay } from "./days";
import { filtersOf } from "./filters";
import { moneyShown } from "./money";

describe("money", () => {
  test("is never rounded to nothing, and never 0 for a price that nobody knows", () => {
    expect(moneyShown(12.5)).toBe("$12.50");
    expect(moneyShown(0.000_123_4)).toBe("$0.00012");
    expect(moneyShown(0)).toBe("$0.00");
    expect(moneyShown(null)).toBe("unknown");
  });
});

describe("days", () => {
  test("go over the end of months, and of February in a leap year", () => {
    expect(daysBetween("2028-02-28", "2028-03-01")).toEqual(["2028-02-28", "2028-02-29", "2028-03-01"]);
    expect(dayAfter("2026-01-01", -1)).toBe("2025-12-31");
    expect(daysBetween("2026-02-02", "2026-02-01")).toEqual([]);
  });

  test("from an address are taken only where they are some", () => {
    expect(isDay("2026-02-28")).toBe(true);
    for (const no of ["", "2026-2-8", "2026-13-01", "today"]) expect(isDay(no)).toBe(false);
  });
});

describe("filters of an address", () => {
  const of = (address: string) => filtersOf(new URLSearchParams(address), "2026-11-22");

  test("are the last 30 days unless told", () => {
    expect(of("")).toMatchObject({ first: "2026-10-24", last: "2026-11-22", groupBy: "day", provider: "" });
    expect(of("to=2026-03-31&from=2026-03-01&by=model&provider=claude")).toMatchObject({
      first: "2026-03-01",
      last: "2026-03-31",
      groupBy: "model",
      provider: "claude",
    });
  });

  test("never ask for what the server refuses", () => {
    expect(of("from=2020-01-01").first).toBe("2025-11-22");
    expect(of("from=2026-12-24").first).toBe("2026-11-22");
    expect(of("from=nonsense&by=phase&provider=comfyui")).toMatchObject({ first: "2026-10-24", groupBy: "day" });
  });
});
