import { expect, test } from "vitest";
import type { Backend } from "@/api/types";
import { formOf, inputOf, patchOf } from "./form";

const machine = { name: "Attic", url: "http://attic:8188", slots: null, is_own: false } as Backend;

test("nothing that was left alone is sent", () => {
  expect(patchOf(machine, formOf(machine))).toEqual({});
  expect(patchOf(machine, { ...formOf(machine), slots: "3", name: " Cellar " })).toEqual({ slots: 3, name: "Cellar" });
  expect(patchOf({ ...machine, slots: 4 }, { ...formOf(machine), slots: " " })).toEqual({ slots: null });
});

test("a key is only sent when it is typed or taken away", () => {
  expect(patchOf(machine, { ...formOf(machine), apiKey: "k" })).toEqual({ api_key: "k" });
  expect(patchOf(machine, { ...formOf(machine), removesKey: true })).toEqual({ api_key: null });
});

test("a profile's own machine keeps address and key", () => {
  const own = { ...machine, is_own: true };
  expect(patchOf(own, { ...formOf(own), url: "http://other", apiKey: "k", slots: "1" })).toEqual({ slots: 1 });
});

test("a new one", () => {
  const form = { ...formOf(null), name: "Attic", url: " http://attic:8188 " };
  expect(inputOf(form)).toEqual({ name: "Attic", url: "http://attic:8188", api_key: null, slots: null });
});
