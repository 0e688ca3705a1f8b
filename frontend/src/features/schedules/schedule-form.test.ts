import { describe, expect, it } from "vitest";
import type { Schedule } from "./schedule";
import { formOf, inputOf, requestOf, whenOf, withoutJson } from "./schedule-form";

const schedule = (more: Partial<Schedule>): Schedule =>
  ({
    name: "Poems",
    kind: "task",
    request: {},
    cron: null,
    at: null,
    time_zone: "UTC",
    missed: "skip",
    enabled: true,
    ...more,
  }) as Schedule;

describe("the form of a schedule", () => {
  it("says what the schedule says", () => {
    const request = { name: "Poem of the day", type: "text", provider: "ollama", model: "llama3.2", prompt: "A poem" };
    const form = formOf(schedule({ request, cron: "30 7 * * 1-5", time_zone: "Europe/Berlin", missed: "catch_up" }));
    expect(form.json).toBeNull();
    expect(inputOf(form, requestOf(form) ?? {})).toEqual({
      name: "Poems",
      kind: "task",
      request,
      cron: "30 7 * * 1-5",
      time_zone: "Europe/Berlin",
      missed: "catch_up",
      enabled: true,
    });
  });

  it("is JSON where it has no place for something, and goes back only without that", () => {
    const form = formOf(schedule({ kind: "generation", request: { session_id: "s", preset_id: "p" }, cron: "@daily" }));
    expect(JSON.parse(form.json ?? "")).toEqual({ session_id: "s", preset_id: "p" });
    expect(withoutJson(form)).toBeNull();
    expect(withoutJson({ ...form, json: '{"session_id": "s", "prompt_text": "a"}' })?.generation.prompt).toBe("a");
    expect(requestOf({ ...form, json: "[broken" })).toBeNull();
  });

  it("says nothing of when while nothing is typed", () => {
    const form = formOf(null);
    expect(whenOf({ ...form, isOnce: true, zone: "UTC" })).toEqual({ time_zone: "UTC" });
    expect(whenOf({ ...form, rhythm: { ...form.rhythm, preset: "custom", cron: " " }, zone: "UTC" })).toEqual({
      time_zone: "UTC",
    });
  });
});
