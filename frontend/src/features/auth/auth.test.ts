import { expect, test } from "vitest";
import { may } from "./rights";
import { wantedPath } from "./wanted-path";

test("signing in leads back to a path of this page and nowhere else", () => {
  expect(wantedPath({ from: "/comfyui/1?x=2" })).toBe("/comfyui/1?x=2");
  for (const from of ["//elsewhere.example", "/\\elsewhere.example", "https://elsewhere.example", 7, undefined]) {
    expect(wantedPath({ from })).toBe("/");
  }
  expect(wantedPath(null)).toBe("/");
});

test("profiles are for admins and owners, pictures for members too, looking for all", () => {
  const allowed = (right: "write" | "manage") =>
    (["viewer", "member", "admin", "owner"] as const).filter((workspace_role) => may({ workspace_role }, right));
  expect(allowed("manage")).toEqual(["admin", "owner"]);
  expect(allowed("write")).toEqual(["member", "admin", "owner"]);
  expect(may(undefined, "write") || may({ workspace_role: null }, "write")).toBe(false);
});
