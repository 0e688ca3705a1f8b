import { describe, expect, it } from "vitest";
import { dayStart, filterOf } from "./filters";

const of = (query: string) => filterOf(new URLSearchParams(query));

describe("the filter of an address", () => {
  it("takes what the API knows", () => {
    expect(of("status=failed&status=complete&type=text&provider=ollama&q=%20poem%20")).toEqual({
      status: ["complete", "failed"],
      type: "text",
      provider: "ollama",
      q: "poem",
    });
  });

  it("leaves out what would be refused", () => {
    expect(of("status=lost&type=smell&provider=me&q=&from=yesterday&to=2026-13-77x&schedule_id=1")).toEqual({});
  });

  it("ends with the whole last day", () => {
    const { from, to } = of("from=2026-03-01&to=2026-03-01");
    expect(Date.parse(String(to)) - Date.parse(String(from))).toBe(86_400_000);
    expect(from).toBe(dayStart("2026-03-01"));
  });
});
