import { api, body, read } from "@/api/client";
import { useChange } from "@/ui/change";
import { toast } from "@/ui/toast";

const stale = [["budgets"]] as const;

interface NewBudget {
  /** Null: of the whole workspace. */
  profileId: string | null;
  monthlyUsd: number;
}

export const useSetBudget = (onDone: () => void) =>
  useChange({
    ask: ({ profileId, monthlyUsd }: NewBudget) =>
      read(
        api.PUT("/api/budgets", {
          body: { monthly_usd: monthlyUsd, ...(profileId === null ? {} : { profile_id: profileId }) },
        }),
      ),
    stale,
    onDone,
  });

export const useRemoveBudget = (onDone: () => void) =>
  useChange({
    ask: (id: string) => body(api.DELETE("/api/budgets/{budget_id}", { params: { path: { budget_id: id } } })),
    stale,
    refusal: "The budget could not be removed.",
    onDone: () => {
      toast({ kind: "info", message: "The budget is removed." });
      onDone();
    },
  });
