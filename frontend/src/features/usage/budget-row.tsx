import { Pencil, Trash2 } from "lucide-react";
import { useState } from "react";
import { Badge } from "@/ui/badge";
import { IconButton } from "@/ui/button";
import { Confirm } from "@/ui/confirm";
import { ProgressBar } from "@/ui/progress-bar";
import { useRemoveBudget } from "./budget-changes";
import { dayShown } from "./days";
import { moneyShown } from "./money";
import type { Budget } from "./queries";

interface BudgetRowProps {
  budget: Budget;
  mayManage: boolean;
  onEdit: () => void;
}

export function BudgetRow({ budget, mayManage, onEdit }: BudgetRowProps) {
  const { monthly_usd, spent_usd, left_usd, resets_at } = budget;
  const name = nameOf(budget);
  const isUsedUp = left_usd <= 0;
  const percent = monthly_usd <= 0 ? 100 : Math.min(100, Math.round((100 * spent_usd) / monthly_usd));
  const told = `${moneyShown(spent_usd)} of ${moneyShown(monthly_usd)} spent`;
  return (
    <li className="flex flex-col gap-2 rounded-lg border border-line bg-raised p-3 text-sm">
      <div className="flex items-start gap-2">
        <h3 className="min-w-0 flex-1 break-words pt-1.5 font-semibold">{name}</h3>
        {isUsedUp && <Badge tone="bad">Used up</Badge>}
        {mayManage && (
          <>
            <IconButton label={`Change the budget of ${name}`} onClick={onEdit}>
              <Pencil size={16} aria-hidden />
            </IconButton>
            <RemoveButton budget={budget} name={name} />
          </>
        )}
      </div>
      <ProgressBar label={`Spent of ${name}`} percent={percent} text={told} />
      <p className="text-soft text-xs">
        {told} · {moneyShown(Math.max(0, left_usd))} left · begins anew on {dayShown(resets_at.slice(0, 10))}
      </p>
    </li>
  );
}

export const nameOf = ({ profile_id, profile_name }: Pick<Budget, "profile_id" | "profile_name">) =>
  profile_id === null ? "The whole workspace" : (profile_name ?? "A profile");

function RemoveButton({ budget, name }: { budget: Budget; name: string }) {
  const [isAsking, setAsking] = useState(false);
  const removing = useRemoveBudget(() => setAsking(false));
  return (
    <>
      <IconButton label={`Remove the budget of ${name}`} onClick={() => setAsking(true)}>
        <Trash2 size={16} aria-hidden />
      </IconButton>
      <Confirm
        open={isAsking}
        onOpenChange={setAsking}
        title="Remove this budget?"
        sentence={`Then nothing stops calls of “${name}” for what they cost.`}
        verb="Remove"
        busy={removing.isPending}
        isGone={removing.isSuccess}
        onConfirm={() => removing.mutate(budget.id)}
      />
    </>
  );
}
