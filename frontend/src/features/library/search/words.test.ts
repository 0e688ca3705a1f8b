import { expect, test } from "vitest";
import { wordsFor } from "./words";

const words = (name: string, value: string) =>
  wordsFor({ name, value }, (_, id) => (id === "s1" ? "Foxes" : undefined));

test("every filter is said in words", () => {
  expect(words("min_steps", "20")).toBe("Steps at least 20");
  expect(words("max_cfg", "7.5")).toBe("CFG at most 7.5");
  expect(words("favorite", "true")).toBe("Favorites");
  expect(words("status", "pending")).toBe("Waiting");
  expect(words("session_id", "s1")).toBe("Session: Foxes");
  expect(words("session_id", "0123456789")).toBe("Session: 01234567");
  expect(words("parameters.6.text", "fox")).toBe("6.text: fox");
  expect(words("colour", "red")).toBe("colour: red");
});
