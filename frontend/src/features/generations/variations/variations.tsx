import { type FormEvent, useState } from "react";
import { useNavigate } from "react-router";
import { api, read } from "@/api/client";
import { messageOf } from "@/api/failure";
import { keysByInput } from "@/api/same-input";
import type { Generation } from "@/api/types";
import { Button } from "@/ui/button";
import { useChange } from "@/ui/change";
import { Dialog, DialogActions } from "@/ui/dialog";
import { Field, Select } from "@/ui/field";
import { NumberInput } from "@/ui/number-input";
import { Refusal } from "@/ui/refusal";
import { toast } from "@/ui/toast";
import { closeVariations } from "./varied";

const MOST = 1_000;
const USUAL = 8;

/** More of a generation: the same in all but the seed. */
export default function Variations({ row }: { row: Generation }) {
  return (
    <Dialog
      open
      onOpenChange={closeVariations}
      title="Variations"
      description="More of this one: the same graph, prompt and settings, each with another seed."
    >
      <VariationsForm row={row} />
    </Dialog>
  );
}

type Way = "random" | "step";

function VariationsForm({ row }: { row: Generation }) {
  const navigate = useNavigate();
  const [keyFor] = useState(keysByInput);
  const [count, setCount] = useState(USUAL);
  const [way, setWay] = useState<Way>("random");
  const [step, setStep] = useState(1);
  const asking = useChange({
    ask: () => {
      const body = { count, ...(way === "random" ? { random: true } : { seed_step: step }) };
      const params = { path: { generation_id: row.id }, header: { "Idempotency-Key": keyFor(body) } };
      return read(api.POST("/api/comfyui/generations/{generation_id}/variations", { params, body }));
    },
    stale: [["batches"]],
    onDone: ({ id, total }) => {
      closeVariations();
      const message = total === 1 ? "1 variation is queued." : `${total} variations are queued.`;
      toast({ kind: "info", message, action: { label: "Show the grid", run: () => navigate(`/batches/${id}`) } });
    },
  });
  const send = (event: FormEvent) => {
    event.preventDefault();
    asking.mutate();
  };
  return (
    <form onSubmit={send} noValidate className="flex flex-col gap-4">
      <Field label="How many" hint={`1 to ${MOST.toLocaleString("en")}.`}>
        {(told) => (
          <NumberInput
            {...told}
            value={count}
            min={1}
            max={MOST}
            step={1}
            className="max-w-32"
            onChange={(typed) => setCount(Math.max(1, Math.min(MOST, Math.trunc(typed))))}
          />
        )}
      </Field>
      <Field label="Seeds">
        {(told) => (
          <Select {...told} value={way} onChange={(event) => setWay(event.target.value as Way)}>
            <option value="random">Drawn, none twice</option>
            <option value="step">In steps from this one’s seed{row.seed === null ? "" : `, ${row.seed}`}</option>
          </Select>
        )}
      </Field>
      {way === "step" && (
        <Field label="Step" hint="Negative ones go down.">
          {(told) => (
            <NumberInput
              {...told}
              value={step}
              step={1}
              className="max-w-32"
              onChange={(typed) => setStep(Math.trunc(typed))}
            />
          )}
        </Field>
      )}
      <Refusal message={asking.error && messageOf(asking.error)} />
      <DialogActions>
        <Button onClick={closeVariations}>Cancel</Button>
        <Button type="submit" look="strong" busy={asking.isPending}>
          Queue {count.toLocaleString("en")} {count === 1 ? "variation" : "variations"}
        </Button>
      </DialogActions>
    </form>
  );
}
