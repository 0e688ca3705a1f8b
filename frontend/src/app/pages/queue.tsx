import { CancelMine } from "@/features/queue/cancel-mine";
import { RunningGenerations, WaitingGenerations } from "@/features/queue/generations";
import { MachinesLoad } from "@/features/queue/machines-load";
import { ActiveTasks } from "@/features/queue/tasks";
import { Page } from "@/ui/page";

/** What runs and waits, in its order, and beside it how busy the machines are. */
export default function QueuePage() {
  return (
    <Page title="Queue" wide actions={<CancelMine />}>
      <div className="grid items-start gap-6 lg:grid-cols-[minmax(0,1fr)_18rem]">
        <div className="flex min-w-0 flex-col gap-6">
          <RunningGenerations />
          <WaitingGenerations />
          <ActiveTasks />
        </div>
        <MachinesLoad />
      </div>
    </Page>
  );
}
