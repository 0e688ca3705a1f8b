/** One event of a Server-Sent Events stream, as it was sent. */
export interface StreamEvent {
  name: string;
  data: string;
  /** The last one told, by this event or one before it. */
  id: string;
}

const LINE_END = /\r\n|\r|\n/;

/**
 * Reads the text of such a stream piece by piece, wherever it is cut (html.spec.whatwg.org, "Interpreting an event
 * stream"). The function it gives takes the next piece, and gives the events that are whole by then.
 */
export function eventReader(): (piece: string) => StreamEvent[] {
  let rest = "";
  let id = "";
  let name = "";
  let data: string[] = [];

  const readLine = (line: string): StreamEvent | null => {
    if (line === "") return end();
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "event") name = value;
    if (field === "data") data.push(value);
    if (field === "id") id = value;
    return null;
  };
  const end = (): StreamEvent | null => {
    const event = data.length > 0 ? { name: name || "message", data: data.join("\n"), id } : null;
    name = "";
    data = [];
    return event;
  };

  return (piece) => {
    rest += piece;
    /** A line that ends in CR may go on with LF in the next piece. */
    const readable = rest.endsWith("\r") ? rest.slice(0, -1) : rest;
    const lines = readable.split(LINE_END);
    rest = (lines.pop() ?? "") + rest.slice(readable.length);
    return lines.map(readLine).filter((event) => event !== null);
  };
}

/** The events of an answer's body, one by one, until it ends. */
export async function* eventsOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<StreamEvent> {
  const read = eventReader();
  const decoder = new TextDecoder();
  const reader = stream.getReader();
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      yield* read(decoder.decode(value, { stream: true }));
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

/** How many letters the server counts: a pair of surrogates is one. */
export function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}
