import { expect, test } from "vitest";
import type { Entry } from "./queries";
import { pageOf } from "./subjects";

const entry: Entry = {
  id: 1,
  at: "2026-01-01T00:00:00Z",
  action: "task_restored",
  user_id: "u",
  user_name: "Ada",
  user_email: "ada@example.org",
  api_key_id: null,
  workspace_id: "w",
  workspace_name: "Shop",
  subject_kind: "task",
  subject_id: "t/1",
  peer: null,
  request_id: null,
  details: {},
};
const here = { workspace_id: "w", isServerAdmin: false };

test("a subject of this workspace has its page, until it is deleted", () => {
  expect(pageOf(entry, here)).toBe("/tasks/t%2F1");
  expect(pageOf({ ...entry, action: "task_deleted" }, here)).toBeNull();
});

test("what is in another workspace, or of a kind without a page, has none", () => {
  expect(pageOf(entry, { ...here, workspace_id: "other" })).toBeNull();
  expect(pageOf({ ...entry, subject_kind: "toString" }, here)).toBeNull();
});

test("users are shown to the server's admins only", () => {
  expect(pageOf({ ...entry, subject_kind: "user" }, here)).toBeNull();
  const asAdmin = { ...here, isServerAdmin: true };
  expect(pageOf({ ...entry, subject_kind: "user" }, asAdmin)).toBe("/users");
  expect(pageOf({ ...entry, subject_kind: "user", details: { name: "Cy" } }, asAdmin)).toBe("/users?q=Cy");
});
