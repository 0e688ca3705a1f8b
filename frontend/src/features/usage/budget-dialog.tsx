import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { fieldErrorsOf, messageOf } from "@/api/failure";
import { profilesOptions } from "@/features/profiles/queries";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { Field, Input, Select } from "@/ui/field";
import { Refusal } from "@/ui/refusal";
import { toast } from "@/ui/toast";
import { useSetBudget } from "./budget-changes";
import { nameOf } from "./budget-row";
import type { Budget } from "./queries";

interface BudgetDialogProps {
  /** Null: a new one. */
  budget: Budget | null;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

export function BudgetDialog({ budget, open, onOpenChange }: BudgetDialogProps) {
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title={budget ? `Budget of “${nameOf(budget)}”` : "Set a budget"}
      description="Once a calendar month (UTC) has cost so much, further calls are refused. 0 refuses all."
    >
      <Form budget={budget} onDone={() => onOpenChange(false)} />
    </Dialog>
  );
}

function Form({ budget, onDone }: { budget: Budget | null; onDone: () => void }) {
  const { data: profiles = [] } = useQuery(profilesOptions);
  const [profileId, setProfileId] = useState(budget?.profile_id ?? "");
  const [amount, setAmount] = useState(budget ? String(budget.monthly_usd) : "");
  const saving = useSetBudget(() => {
    toast({ kind: "info", message: "The budget is set." });
    onDone();
  });
  const errors = fieldErrorsOf(saving.error);
  const isAtField = errors.monthly_usd !== undefined || errors.profile_id !== undefined;
  const send = (event: FormEvent) => {
    event.preventDefault();
    saving.mutate({ profileId: profileId || null, monthlyUsd: Number(amount) });
  };
  return (
    <form onSubmit={send} className="flex flex-col gap-4">
      {!budget && (
        <Field label="Of" error={errors.profile_id}>
          {(props) => (
            <Select {...props} value={profileId} onChange={({ target }) => setProfileId(target.value)}>
              <option value="">The whole workspace</option>
              {profiles
                .filter(({ provider }) => provider !== "comfyui")
                .map(({ id, name }) => (
                  <option key={id} value={id}>
                    {name}
                  </option>
                ))}
            </Select>
          )}
        </Field>
      )}
      <Field
        label="US dollars a month"
        hint="In whole cents. Calls without a known price, such as those of Ollama, use nothing up."
        error={errors.monthly_usd}
      >
        {(props) => (
          <Input
            {...props}
            type="number"
            min={0}
            step="0.01"
            required
            inputMode="decimal"
            value={amount}
            onChange={({ target }) => setAmount(target.value)}
          />
        )}
      </Field>
      <Refusal message={saving.error && !isAtField ? messageOf(saving.error) : null} />
      <DialogActions>
        <Button onClick={onDone}>Cancel</Button>
        <Button look="strong" type="submit" busy={saving.isPending}>
          Save
        </Button>
      </DialogActions>
    </form>
  );
}
