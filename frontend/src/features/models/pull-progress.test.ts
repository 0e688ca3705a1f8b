import { expect, test } from "vitest";
import { amountOf, NOT_BEGUN, progressAfter } from "./pull-progress";

const layer = (digest: string, total: number, completed: number) => ({
  status: `pulling ${digest}`,
  digest,
  total_bytes: total,
  completed_bytes: completed,
});

test("a download that has several layers never goes back and is not whole before it is said", () => {
  const steps = [
    { status: "pulling manifest", digest: null, total_bytes: null, completed_bytes: null },
    layer("a", 100, 50),
    layer("a", 100, 100),
    layer("b", 300, 0),
    layer("b", 300, 300),
    { status: "verifying", digest: null, total_bytes: null, completed_bytes: null },
  ];
  const shown = [NOT_BEGUN];
  for (const step of steps) shown.push(progressAfter(shown.at(-1) ?? NOT_BEGUN, step));
  expect(shown.map(({ percent }) => percent)).toEqual([0, 0, 50, 99, 99, 99, 99]);
  expect(shown.at(-1)?.status).toBe("verifying");
  expect(amountOf(shown.at(-1)?.layers ?? {})).toEqual({ total: 400, completed: 400 });
});
