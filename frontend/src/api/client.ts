import createClient from "openapi-fetch";
import { accessHeaders, freshToken, renew, useAccess } from "./access";
import { ApiFailure } from "./failure";
import type { paths } from "./schema";

/** Every call to the API: typed by its OpenAPI document, signed in, and asked once more when a token has run out. */
export const api = createClient<paths>({ baseUrl: location.origin, fetch: fetchSignedIn });

async function fetchSignedIn(request: Request): Promise<Response> {
  await freshToken();
  const again = request.clone();
  const sent = useAccess.getState().token;
  const answer = await send(request);
  if (answer.status !== 401 || sent === null || !(await renew(sent))) return answer;
  return send(again);
}

function send(request: Request): Promise<Response> {
  for (const [name, value] of Object.entries(accessHeaders())) request.headers.set(name, value);
  return fetch(request);
}

interface Answer<Body> {
  data?: Body;
  error?: unknown;
  response: Response;
}

/** The whole body of a good answer. Throws ApiFailure for all others, and when there is none. */
export async function body<Body>(asked: Promise<Answer<Body>>): Promise<Body> {
  const { data, error, response } = await asked.catch(offline);
  if (!response.ok || data === undefined) throw new ApiFailure(response.status, asFailure(error));
  return data;
}

/** What a good answer carries as `data`. Throws as `body` does. */
export async function read<Data>(asked: Promise<Answer<{ data: Data }>>): Promise<Data> {
  return (await body(asked)).data;
}

function offline(reason: unknown): never {
  if (reason instanceof DOMException && reason.name === "AbortError") throw reason;
  throw new ApiFailure(0, undefined);
}

function asFailure(error: unknown): ConstructorParameters<typeof ApiFailure>[1] {
  return typeof error === "object" && error !== null ? error : undefined;
}

/** A key for `Idempotency-Key`; crypto.randomUUID exists only on HTTPS and on this machine. */
export function newIdempotencyKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
