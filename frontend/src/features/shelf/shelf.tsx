import { useQuery } from "@tanstack/react-query";
import { Import } from "lucide-react";
import { useRef, useState } from "react";
import { useNavigate } from "react-router";
import type { WorkflowSummary } from "@/api/types";
import { useMay } from "@/features/auth/me";
import { type Asking, actAtOnce, type WorkflowAct, WorkflowQuestion } from "@/features/workflows/actions";
import { WorkflowDrop } from "@/features/workflows/drop";
import { ImportDialog } from "@/features/workflows/import-dialog";
import { workflowsOptions } from "@/features/workflows/queries";
import { counted } from "@/ui/amounts";
import { Button } from "@/ui/button";
import { Empty, Failed } from "@/ui/notice";
import { Page } from "@/ui/page";
import { useParam } from "@/ui/param";
import { matching, SearchField } from "@/ui/search";
import { SkeletonList } from "@/ui/skeleton";
import { ShelfCard } from "./card";

/** All workflows of the workspace, found by name or description. */
export function WorkflowShelf() {
  const { data, error, refetch } = useQuery(workflowsOptions);
  const mayWrite = useMay("write");
  const navigate = useNavigate();
  const [sought, seek] = useParam("q");
  const [importing, setImporting] = useParam("import");
  const [asked, ask] = useState<{ act: Asking; workflow: WorkflowSummary } | null>(null);
  const heading = useRef<HTMLDivElement>(null);
  const open = (id: string) => navigate(`/workflows/${id}`);
  const act = (act: WorkflowAct, workflow: WorkflowSummary) => {
    if (!actAtOnce(act, workflow)) ask({ act: act as Asking, workflow });
  };
  const shown = data && matching(data, sought, ({ name, description }) => `${name} ${description ?? ""}`);
  const importButton = mayWrite && (
    <Button look="strong" onClick={() => setImporting("1")}>
      <Import size={16} aria-hidden />
      Import a workflow
    </Button>
  );

  return (
    <WorkflowDrop onImported={open}>
      <Page title="Workflows" wide aside={data && counted(data.length, "workflow")} actions={importButton}>
        {!data && error && (
          <Failed what="The workflows could not be read" error={error} onRetry={() => void refetch()} />
        )}
        {!data && !error && <SkeletonList rows={4} className="h-24" />}
        {data && data.length > 0 && (
          <SearchField
            label="Search workflows"
            placeholder="Search by name or description"
            value={sought}
            onChange={seek}
            className="max-w-md"
          />
        )}
        {data?.length === 0 && (
          <Empty
            title="No workflows yet"
            sentence="A workflow is what ComfyUI runs. Import one that was saved or exported there, or a picture it made."
          />
        )}
        {data && data.length > 0 && shown?.length === 0 && (
          <p role="status" className="py-8 text-center text-soft text-sm">
            No workflow has “{sought.trim()}” in its name or description.
          </p>
        )}
        <div ref={heading} tabIndex={-1} className="outline-none">
          <ul
            aria-label="Workflows"
            className="grid grid-cols-[repeat(auto-fill,minmax(min(18rem,100%),1fr))] gap-3 empty:hidden"
          >
            {shown?.map((workflow) => (
              <ShelfCard key={workflow.id} workflow={workflow} onAct={act} />
            ))}
          </ul>
        </div>
        <ImportDialog
          open={importing !== "" && mayWrite}
          onOpenChange={(isOpen) => setImporting(isOpen ? "1" : "")}
          onImported={open}
        />
        {asked && (
          <WorkflowQuestion
            {...asked}
            onDone={() => {
              ask(null);
              if (asked.act === "delete") heading.current?.focus();
            }}
          />
        )}
      </Page>
    </WorkflowDrop>
  );
}
