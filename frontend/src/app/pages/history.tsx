import { clsx } from "clsx";
import { Link, useSearchParams } from "react-router";
import { GenerationHistory } from "@/features/history/generation-history";
import { TaskHistory } from "@/features/history/task-history";
import { Page } from "@/ui/page";

const KINDS = [
  { kind: "tasks", label: "Tasks" },
  { kind: "generations", label: "Generations" },
] as const;

/** What has ended. */
export default function HistoryPage() {
  const [params] = useSearchParams();
  const isOfGenerations = params.get("kind") === "generations";
  return (
    <Page title="History" actions={<Kinds shown={isOfGenerations ? "generations" : "tasks"} />}>
      {isOfGenerations ? <GenerationHistory /> : <TaskHistory />}
    </Page>
  );
}

function Kinds({ shown }: { shown: string }) {
  return (
    <nav aria-label="What has ended" className="flex rounded-md border border-control">
      {KINDS.map(({ kind, label }) => (
        <Link
          key={kind}
          to={kind === "tasks" ? "/history" : "/history?kind=generations"}
          aria-current={kind === shown ? "page" : undefined}
          className={clsx(
            "flex min-h-9 items-center rounded-md px-3 text-sm",
            kind === shown ? "bg-hover font-semibold text-accent" : "hover:bg-hover",
          )}
        >
          {label}
        </Link>
      ))}
    </nav>
  );
}
