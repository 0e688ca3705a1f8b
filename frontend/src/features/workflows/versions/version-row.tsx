import { clsx } from "clsx";
import { Undo2 } from "lucide-react";
import { messageOf } from "@/api/failure";
import type { Workflow } from "@/api/types";
import { useMay } from "@/features/auth/me";
import { Badge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { useChange } from "@/ui/change";
import { RelativeTime } from "@/ui/relative-time";
import { toast } from "@/ui/toast";
import { returnTo, type Version } from "./queries";

interface VersionRowProps {
  workflow: Workflow;
  version: Version;
  /** The one before it, which it is compared with. */
  before: number | null;
  isShown: boolean;
  onShow: (from: number, to: number) => void;
}

/** A version: when it was made, what it changed, and the way back to it. */
export function VersionRow({ workflow, version, before, isShown, onShow }: VersionRowProps) {
  const { number, is_current, created_at } = version;
  const mayWrite = useMay("write");
  const returning = useChange({
    ask: () => returnTo(workflow.id, number),
    stale: [],
    refusal: `Version ${number} could not be taken again.`,
    onDone: (now) => tellReturned(workflow, number, now.version),
  });
  return (
    <li
      className={clsx(
        "flex flex-wrap items-center gap-2 border-line border-b p-2 last:border-b-0",
        isShown && "bg-hover",
      )}
    >
      <span className="min-w-0 flex-1 text-sm">
        <span className="font-medium">Version {number}</span> {is_current && <Badge tone="accent">In use</Badge>}
        <span className="block text-soft text-xs">
          <RelativeTime at={created_at} />
        </span>
      </span>
      {before !== null && (
        <Button look="quiet" aria-pressed={isShown} onClick={() => onShow(before, number)}>
          What changed<span className="sr-only"> in version {number}</span>
        </Button>
      )}
      {mayWrite && !is_current && (
        <Button busy={returning.isPending} onClick={() => returning.mutate()}>
          <Undo2 size={15} aria-hidden />
          Go back<span className="sr-only"> to version {number}</span>
        </Button>
      )}
    </li>
  );
}

/** Nothing is lost by it: what was there before is the version before. */
function tellReturned({ id, version }: Workflow, number: number, now: number): void {
  const undo = async () => {
    try {
      await returnTo(id, version);
      toast({ kind: "info", message: `It is as in version ${version} again.` });
    } catch (failure) {
      toast({ kind: "error", message: `It stays as it is. ${messageOf(failure)}` });
    }
  };
  const message =
    now === version
      ? `The workflow is as in version ${number} already.`
      : `As in version ${number} again, which is version ${now} now.`;
  toast({ kind: "info", message, ...(now === version ? {} : { action: { label: "Undo", run: () => void undo() } }) });
}
