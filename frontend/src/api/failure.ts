import type { components } from "./schema";

type Body = components["schemas"]["Failure"];

/** What the server (or the network) answered instead of data; `message` is a sentence for people. */
export class ApiFailure extends Error {
  readonly code: string;
  readonly status: number;
  readonly fields: Readonly<Record<string, string>>;

  constructor(status: number, body: Partial<Body> | undefined) {
    super(body?.error ?? sentenceFor(status));
    this.name = "ApiFailure";
    this.status = status;
    this.code = body?.code ?? (status === 0 ? "OFFLINE" : "HTTP_ERROR");
    this.fields = fieldsOf(body?.details);
  }
}

function sentenceFor(status: number): string {
  if (status === 0) return "The server cannot be reached. Check that it runs, and try again.";
  return `The server answered ${status} without saying why. Try again; its log tells more.`;
}

function fieldsOf(details: unknown): Record<string, string> {
  const fields: Record<string, string> = {};
  if (!Array.isArray(details)) return fields;
  for (const detail of details) {
    const { loc, message } = detail as { loc?: unknown; message?: unknown };
    if (typeof loc === "string" && typeof message === "string") fields[loc] ??= message;
  }
  return fields;
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** What the server said about single fields of a form, by their names. */
export const fieldErrorsOf = (error: unknown): Readonly<Record<string, string>> =>
  error instanceof ApiFailure ? error.fields : {};
