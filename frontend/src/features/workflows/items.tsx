import { Braces, CopyPlus, PencilLine, Star, Trash2 } from "lucide-react";
import type { WorkflowSummary } from "@/api/types";
import type { MenuItem } from "@/ui/menu";
import type { WorkflowAct } from "./actions";

/** What can be done with a workflow that is listed or open. */
export function workflowItems({ is_default }: WorkflowSummary, onAct: (act: WorkflowAct) => void): MenuItem[] {
  const act = (chosen: WorkflowAct) => () => onAct(chosen);
  return [
    ...(is_default ? [] : [{ label: "Make default", icon: <Star size={16} aria-hidden />, onSelect: act("default") }]),
    { label: "Rename", icon: <PencilLine size={16} aria-hidden />, onSelect: act("rename") },
    { label: "Edit JSON", icon: <Braces size={16} aria-hidden />, onSelect: act("edit") },
    { label: "Duplicate", icon: <CopyPlus size={16} aria-hidden />, onSelect: act("duplicate") },
    { label: "Delete", icon: <Trash2 size={16} aria-hidden />, onSelect: act("delete"), danger: true },
  ];
}
