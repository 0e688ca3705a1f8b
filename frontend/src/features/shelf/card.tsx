import { Ellipsis, Star, Workflow } from "lucide-react";
import { Link } from "react-router";
import type { WorkflowSummary } from "@/api/types";
import { useMay } from "@/features/auth/me";
import type { WorkflowAct } from "@/features/workflows/actions";
import { workflowItems } from "@/features/workflows/items";
import { counted } from "@/ui/amounts";
import { IconButton } from "@/ui/button";
import { Menu } from "@/ui/menu";
import { RelativeTime } from "@/ui/relative-time";

interface ShelfCardProps {
  workflow: WorkflowSummary;
  onAct: (act: WorkflowAct, workflow: WorkflowSummary) => void;
}

/** A workflow by its picture, its name, and how often it was used. */
export function ShelfCard({ workflow, onAct }: ShelfCardProps) {
  const { id, name, description, is_default, generation_count, updated_at } = workflow;
  const mayWrite = useMay("write");
  return (
    <li className="relative flex min-w-0 gap-3 rounded-lg border border-line bg-raised p-3 focus-within:border-accent hover:border-control">
      <WorkflowPicture workflow={workflow} className="size-20" />
      <div className="min-w-0 flex-1">
        <h2 className="flex items-center gap-1.5 pr-8 font-semibold text-sm">
          <Link to={`/workflows/${id}`} className="truncate after:absolute after:inset-0" title={name}>
            {name}
          </Link>
          {is_default && <Star size={14} role="img" aria-label="Default" className="shrink-0 fill-current text-warn" />}
        </h2>
        {description && <p className="line-clamp-2 break-words text-soft text-sm">{description}</p>}
        <p className="text-soft text-xs">
          {counted(generation_count, "generation")} · changed <RelativeTime at={updated_at} />
        </p>
      </div>
      {mayWrite && (
        <div className="absolute top-1.5 right-1.5">
          <Menu
            items={workflowItems(workflow, (act) => onAct(act, workflow))}
            trigger={
              <IconButton label={`More for ${name}`} className="text-soft">
                <Ellipsis size={16} aria-hidden />
              </IconButton>
            }
          />
        </div>
      )}
    </li>
  );
}

/** What it made last, or was given as its face. */
export function WorkflowPicture({ workflow, className }: { workflow: WorkflowSummary; className: string }) {
  return (
    <span
      className={`flex shrink-0 items-center justify-center overflow-hidden rounded-md bg-sunken text-soft ${className}`}
    >
      {workflow.thumbnail_url === null ? (
        <Workflow size={22} aria-hidden />
      ) : (
        <img src={workflow.thumbnail_url} alt="" loading="lazy" className="size-full object-cover" />
      )}
    </span>
  );
}
