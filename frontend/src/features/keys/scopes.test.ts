import { expect, test } from "vitest";
import { browserOf, curlLine, inputOf, widest } from "./scopes";

test("a key is named by its widest scope", () => {
  expect(widest(["read", "write"])?.label).toBe("Read and write");
  expect(widest(["read", "write", "admin"])?.label).toBe("Everything");
});

test("a new key without expiry and workspace is sent without them", () => {
  expect(inputOf({ name: "n8n", scope: "read", days: "", workspace_id: "" })).toEqual({
    name: "n8n",
    scopes: ["read"],
  });
  expect(inputOf({ name: "n8n", scope: "admin", days: "30", workspace_id: "w" })).toEqual({
    name: "n8n",
    scopes: ["admin"],
    expires_in_days: 30,
    workspace_id: "w",
  });
});

test("the line for the terminal carries the key only where there is one", () => {
  expect(curlLine("http://box:3001", "sf_x")).toBe('curl http://box:3001/api/auth/me -H "Authorization: Bearer sf_x"');
  expect(curlLine("http://box:3001", null)).toBe("curl http://box:3001/api/auth/me");
});

test("browsers are named as people name them", () => {
  const edge = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/120.0 Safari/537.36 Edg/120.0";
  expect(browserOf(edge)).toBe("Edge on Windows");
  expect(browserOf("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Safari/604.1")).toBe(
    "Safari on iPhone",
  );
  expect(browserOf("curl/8.5")).toBe("curl/8.5");
  expect(browserOf(null)).toBe("Something without a name");
});
