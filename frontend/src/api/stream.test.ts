import { describe, expect, it } from "vitest";
import { codePoints, eventReader, eventsOf } from "./stream";

const STREAM = [
  'id: 0\nevent: message\ndata: {"message_id":"a"}\n\n',
  ": still here\n\n",
  'id: 3\nevent: delta\ndata: {"text":"Täg"}\n\n',
  "event: done\r\ndata: {\r\ndata: }\r\n\r\n",
].join("");

const EVENTS = [
  { name: "message", data: '{"message_id":"a"}', id: "0" },
  { name: "delta", data: '{"text":"Täg"}', id: "3" },
  { name: "done", data: "{\n}", id: "3" },
];

describe("eventReader", () => {
  it("gives the same events wherever the stream is cut", () => {
    for (let size = 1; size <= STREAM.length; size += 1) {
      const read = eventReader();
      const events = [];
      for (let at = 0; at < STREAM.length; at += size) events.push(...read(STREAM.slice(at, at + size)));
      expect(events).toEqual(EVENTS);
    }
  });

  it("keeps back an event that has not ended", () => {
    const read = eventReader();
    expect(read("data: 1\n")).toEqual([]);
    expect(read("\n")).toEqual([{ name: "message", data: "1", id: "" }]);
  });

  it("takes a line that has no space, or no value", () => {
    expect(eventReader()("data:x\ndata\n\n")).toEqual([{ name: "message", data: "x\n", id: "" }]);
  });
});

describe("eventsOf", () => {
  it("puts letters together that were cut in their bytes", async () => {
    const bytes = new TextEncoder().encode(STREAM);
    const stream = new ReadableStream<Uint8Array>({
      start(controller) {
        for (const byte of bytes) controller.enqueue(Uint8Array.of(byte));
        controller.close();
      },
    });
    const events = [];
    for await (const event of eventsOf(stream)) events.push(event);
    expect(events).toEqual(EVENTS);
  });
});

describe("codePoints", () => {
  it("counts a letter beyond the first plane once", () => {
    expect(codePoints("a👍b")).toBe(3);
  });
});
