import { expect, test } from "vitest";
import { inputOf, patchOf } from "./form";
import type { User } from "./queries";

const bob: User = {
  id: "1",
  email: "bob@example.org",
  name: "Bob",
  role: "member",
  active: true,
  has_password: true,
  default_workspace_id: null,
  last_login_at: null,
  created_at: "2026-01-01T00:00:00Z",
  updated_at: "2026-01-01T00:00:00Z",
};

test("of a user only what differs is sent", () => {
  expect(patchOf(bob, { email: "bob@example.org", name: "Bob", role: "member" })).toEqual({});
  expect(patchOf(bob, { email: "bob@example.org", name: "Robert", role: "admin" })).toEqual({
    name: "Robert",
    role: "admin",
  });
});

test("a new user without a password or workspace is sent without them", () => {
  const answers = { email: "cy@example.org", name: "Cy", role: "member", password: "", workspace_id: "" };
  expect(inputOf({ ...answers, workspace_role: "admin" })).toEqual({
    email: "cy@example.org",
    name: "Cy",
    role: "member",
  });
  expect(inputOf({ ...answers, workspace_id: "w", workspace_role: "viewer" })).toMatchObject({
    workspace_id: "w",
    workspace_role: "viewer",
  });
});
