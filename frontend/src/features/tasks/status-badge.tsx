import { Badge } from "@/ui/badge";
import { STATUSES, type TaskStatus } from "./task";

export function StatusBadge({ status }: { status: TaskStatus }) {
  const { label, tone } = STATUSES[status];
  return <Badge tone={tone}>{label}</Badge>;
}
