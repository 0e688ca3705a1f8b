import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import type { Generation } from "@/api/types";
import { sessionsOptions } from "@/features/sessions/queries";
import { workflowsOptions } from "@/features/workflows/queries";

/** Where it belongs, and from what it comes. */
export function Origins({ row }: { row: Generation }) {
  const { data: sessions = [] } = useQuery(sessionsOptions);
  const { data: workflows = [] } = useQuery(workflowsOptions);
  const session = sessions.find(({ id }) => id === row.session_id);
  const workflow = workflows.find(({ id }) => id === row.workflow_id);
  const links: readonly (readonly [string | null, string, string])[] = [
    [row.session_id, `/comfyui/${row.session_id}`, session ? `Session: ${session.title}` : "Its session"],
    [row.batch_id, `/batches/${row.batch_id}`, `Batch, number ${row.batch_index + 1}`],
    [row.workflow_id, `/workflows/${row.workflow_id}`, workflow ? `Workflow: ${workflow.name}` : "Its workflow"],
    [row.schedule_id, `/schedules?id=${row.schedule_id}`, "Its schedule"],
    [row.rerun_of, `/generations/${row.rerun_of}`, "Run again from"],
    [row.rerun_of, `/library/compare?ids=${row.rerun_of},${row.id}`, "Compare with that"],
    [row.verifies === row.rerun_of ? null : row.verifies, `/generations/${row.verifies}`, "What it verifies"],
  ];
  return (
    <ul aria-label="Belongs to" className="flex min-w-0 flex-wrap gap-x-4 gap-y-1 text-sm">
      {links.map(([id, to, label]) =>
        id === null ? null : (
          <li key={label} className="min-w-0 max-w-full truncate">
            <Link to={to} className="rounded text-accent underline">
              {label}
            </Link>
          </li>
        ),
      )}
    </ul>
  );
}
