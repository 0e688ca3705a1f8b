import { describe, expect, it } from "vitest";
import type { StreamEvent } from "@/api/stream";
import { asked, ended, fastest, heard, summary } from "./answers";

const two = [
  asked({ profileId: "a", provider: "ollama", model: "one" }),
  asked({ profileId: "b", provider: "openai", model: "two" }),
];
const event = (name: string, data: object): StreamEvent => ({ name, data: JSON.stringify(data), id: "" });
const done = (index: number, duration_ms: number) => event("done", { index, duration_ms, finish_reason: "stop" });

describe("answers side by side", () => {
  it("grow each by its own pieces", () => {
    const now = heard(two, [
      event("delta", { index: 1, text: "B" }),
      event("delta", { index: 0, text: "A" }),
      event("delta", { index: 1, text: "b" }),
    ]);
    expect(now.map(({ text, status }) => [text, status])).toEqual([
      ["A", "writing"],
      ["Bb", "writing"],
    ]);
    expect(two.map(({ text }) => text)).toEqual(["", ""]);
  });

  it("fail alone", () => {
    const failed = event("error", { index: 0, error: "No such model.", code: "X", statusCode: 422 });
    const now = heard(two, [failed, event("delta", { index: 1, text: "B" }), done(1, 900)]);
    expect(now.map(({ status, error, durationMs }) => [status, error, durationMs])).toEqual([
      ["failed", "No such model.", null],
      ["done", null, 900],
    ]);
    expect(summary(now)).toBe("1 of 2 have answered, 1 failed.");
    expect(fastest(now)).toBeNull();
  });

  it("say why one was cut off", () => {
    expect(heard(two, [event("done", { index: 0, finish_reason: "length" })])[0]?.cut).toMatch(/^Cut off/);
    expect(heard(two, [done(0, 1)])[0]?.cut).toBeNull();
  });

  it("are left as they are by what is told of all, or of nobody", () => {
    expect(heard(two, [event("done", { index: null, answered: 2, failed: 0 })])).toEqual(two);
    expect(heard(two, [event("delta", { index: 7, text: "?" })])).toEqual(two);
  });

  it("end where the stream ends", () => {
    const now = ended(heard(two, [done(0, 5)]), "stopped", null);
    expect(now.map(({ status }) => status)).toEqual(["done", "stopped"]);
    expect(summary(now)).toBe("1 of 2 have answered, 1 stopped.");
  });

  it("have a fastest one once all have ended", () => {
    expect(fastest(heard(two, [done(0, 5)]))).toBeNull();
    expect(fastest(heard(two, [done(0, 5), done(1, 3)]))?.model).toBe("two");
    expect(fastest(heard(two, [done(0, 6_010), done(1, 6_000)]))).toBeNull();
  });
});
