import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useState } from "react";
import { useMay } from "@/features/auth/me";
import { Button } from "@/ui/button";
import { Failed } from "@/ui/notice";
import { Panel } from "@/ui/panel";
import { SkeletonList } from "@/ui/skeleton";
import { BudgetDialog } from "./budget-dialog";
import { BudgetRow } from "./budget-row";
import { type Budget, budgetsOptions } from "./queries";

/** What a month may cost. */
export function Budgets() {
  const { data: budgets, error, refetch } = useQuery(budgetsOptions);
  const mayManage = useMay("manage");
  const [edited, setEdited] = useState<Budget | "new" | null>(null);
  const add = mayManage && (
    <Button onClick={() => setEdited("new")}>
      <Plus size={16} aria-hidden />
      Set a budget
    </Button>
  );
  return (
    <Panel title="Budgets" actions={add}>
      {budgets ? (
        <Rows budgets={budgets} mayManage={mayManage} onEdit={setEdited} />
      ) : error ? (
        <Failed what="The budgets could not be read" error={error} onRetry={() => void refetch()} />
      ) : (
        <SkeletonList rows={1} />
      )}
      <BudgetDialog
        budget={edited === "new" ? null : edited}
        open={edited !== null}
        onOpenChange={(open) => !open && setEdited(null)}
      />
    </Panel>
  );
}

interface RowsProps {
  budgets: readonly Budget[];
  mayManage: boolean;
  onEdit: (budget: Budget) => void;
}

function Rows({ budgets, mayManage, onEdit }: RowsProps) {
  if (budgets.length === 0)
    return (
      <p className="rounded-lg border border-line border-dashed p-4 text-soft text-sm">
        No budget is set: calls cost what they cost. A budget stops calls of a profile, or of all, once a month has used
        it up.
      </p>
    );
  return (
    <ul className="grid gap-3 sm:grid-cols-2">
      {budgets.map((budget) => (
        <BudgetRow key={budget.id} budget={budget} mayManage={mayManage} onEdit={() => onEdit(budget)} />
      ))}
    </ul>
  );
}
