import { Trash2 } from "lucide-react";
import { useState } from "react";
import { IconButton } from "@/ui/button";
import { Confirm } from "@/ui/confirm";
import { useRemove } from "./changes";
import type { Schedule } from "./schedule";

export function DeleteSchedule({ schedule }: { schedule: Schedule }) {
  const [isAsking, setAsking] = useState(false);
  const removing = useRemove(schedule, () => setAsking(false));
  return (
    <>
      <IconButton label={`Delete ${schedule.name}`} onClick={() => setAsking(true)}>
        <Trash2 size={16} aria-hidden />
      </IconButton>
      <Confirm
        open={isAsking}
        onOpenChange={setAsking}
        title={`Delete “${schedule.name}”?`}
        sentence="It does not run again, and cannot be brought back. What it has started stays."
        verb="Delete"
        busy={removing.isPending}
        error={removing.error}
        isGone={removing.isSuccess}
        onConfirm={() => removing.mutate()}
      />
    </>
  );
}
