import { Plus } from "lucide-react";
import { useState } from "react";
import { useIsViewer } from "@/features/auth/me";
import { ScheduleList } from "@/features/schedules/list";
import type { Schedule } from "@/features/schedules/schedule";
import { ScheduleDialog } from "@/features/schedules/schedule-dialog";
import { Button } from "@/ui/button";
import { Page } from "@/ui/page";
import { useParam } from "@/ui/param";

/** What happens by itself, and when. */
export default function SchedulesPage() {
  const [edited, setEdited] = useState<Schedule | null>(null);
  const [isNew, setNew] = useParam("new");
  const isViewer = useIsViewer();
  const close = () => {
    setEdited(null);
    if (isNew) setNew("");
  };
  const start = !isViewer && (
    <Button look="strong" onClick={() => setNew("1")}>
      <Plus size={16} aria-hidden />
      New schedule
    </Button>
  );
  return (
    <Page title="Schedules" actions={start}>
      <ScheduleList onEdit={setEdited} />
      <ScheduleDialog schedule={edited} open={edited !== null || (isNew !== "" && !isViewer)} onOpenChange={close} />
    </Page>
  );
}
