import { expect, test } from "vitest";
import { givenBy, roleOf } from "./roles";

test("owners decide about everybody, admins about members and viewers, others about nobody", () => {
  expect(givenBy("owner")).toEqual(["viewer", "member", "admin", "owner"]);
  expect(givenBy("admin")).toEqual(["viewer", "member"]);
  expect(givenBy("member")).toEqual([]);
  expect(givenBy("viewer")).toEqual([]);
});

test("an unknown word is a member", () => {
  expect(roleOf("owner")).toBe("owner");
  expect(roleOf("king")).toBe("member");
});
