import { Activity } from "@/features/dashboard/activity";
import { Charts } from "@/features/dashboard/charts";
import { ComfyUIServers } from "@/features/dashboard/comfyui-servers";
import { FirstSteps } from "@/features/dashboard/first-steps";
import { Numbers } from "@/features/dashboard/numbers";
import { Queue } from "@/features/dashboard/queue";
import { QuickActions } from "@/features/dashboard/quick-actions";
import { Services, ServicesSummary } from "@/features/dashboard/services";
import { CancelAll } from "@/features/generations/cancel-all";
import { usePageTitle } from "@/ui/title";

export default function DashboardPage() {
  usePageTitle("Dashboard");
  return (
    <div className="h-full overflow-y-auto">
      <div className="mx-auto flex max-w-6xl flex-col gap-6 p-4 sm:p-6">
        <header className="flex flex-wrap items-baseline gap-x-4 gap-y-1">
          <h1 className="font-semibold text-xl">Dashboard</h1>
          <ServicesSummary />
        </header>
        <QuickActions />
        <FirstSteps />
        <div className="grid gap-6 lg:grid-cols-2">
          <div className="flex min-w-0 flex-col gap-6">
            <Queue actions={<CancelAll />} />
            <Activity />
          </div>
          <div className="flex min-w-0 flex-col gap-6">
            <Numbers />
            <Services />
            <ComfyUIServers />
          </div>
        </div>
        <Charts />
      </div>
    </div>
  );
}
