import { expect, test } from "vitest";
import { choiceOf, doneIn, factsOf } from "./sentences";

test("an action is told as a sentence, with the name where one was kept", () => {
  expect(doneIn({ action: "api_key_created", details: { name: "n8n" } })).toBe("made the API key “n8n”");
  expect(doneIn({ action: "profile_key_changed", details: { removed: true } })).toBe(
    "removed the API key of a profile",
  );
  expect(doneIn({ action: "user_created", details: {} })).toBe("made the user");
});

test("an action of a later server is told by its word", () => {
  expect(doneIn({ action: "moon_landed", details: {} })).toBe("moon landed");
  expect(doneIn({ action: "constructor", details: {} })).toBe("constructor");
});

test("the facts say what has changed into what", () => {
  expect(factsOf({ details: { role: "admin", role_before: "member" } })).toEqual(["role member → admin"]);
  expect(factsOf({ details: { usd: "10.00", provider: "ollama", name: "x" } })).toEqual([
    "provider ollama",
    "$10.00 a month",
  ]);
});

test("choices begin with a capital", () => {
  expect(choiceOf("api_key_created")).toBe("API key created");
  expect(choiceOf("login_failed")).toBe("Login failed");
});
