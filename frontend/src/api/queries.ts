import { QueryClient } from "@tanstack/react-query";
import { ApiFailure } from "./failure";
import { inAWhile } from "./in-a-while";

declare module "@tanstack/react-query" {
  interface Register {
    /** `counts`: shows how many generations there are, or which go on. `own`: nobody else has it read again. */
    queryMeta: { upkeep?: "counts" | "own" };
  }
}

/** Failures that a second try may mend: nobody answered, or the server is busy or away. */
const PASSING = new Set([0, 408, 425, 429, 502, 503, 504]);

const RECOUNT_MS = 500;

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      retry: (failures, error) => failures < 3 && error instanceof ApiFailure && PASSING.has(error.status),
      retryDelay: (failures) => Math.min(1_000 * 2 ** failures, 10_000),
      networkMode: "always",
    },
    mutations: { networkMode: "always" },
  },
});

export const rereadEverything = () =>
  queryClient.invalidateQueries({ predicate: ({ meta }) => meta?.upkeep !== "own" });

/** After generations were made, or have begun, ended or vanished. */
export const recount = inAWhile(
  () => void queryClient.invalidateQueries({ predicate: ({ meta }) => meta?.upkeep === "counts" }),
  RECOUNT_MS,
);
