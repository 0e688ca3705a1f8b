import { Grid3x3 } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { SkeletonList } from "@/ui/skeleton";
import type { Form } from "../form/use-form";

const SweepForm = lazy(() => import("./sweep-form"));

/** Opens what makes a picture for each combination of some values. */
export function SweepButton({ sessionId, form }: { sessionId: string | null; form: Form }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button title="A picture for each combination of values" onClick={() => setOpen(true)}>
        <Grid3x3 size={16} aria-hidden />
        Sweep…
      </Button>
      <Dialog
        open={isOpen}
        onOpenChange={setOpen}
        title="Sweep"
        description="A picture for each combination of the values below. All else is as the form has it now."
        wide
      >
        <Suspense fallback={<SkeletonList rows={3} className="h-16" />}>
          <SweepForm sessionId={sessionId} form={form} onDone={() => setOpen(false)} />
        </Suspense>
      </Dialog>
    </>
  );
}
