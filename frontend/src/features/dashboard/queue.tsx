import { useMutation, useQuery } from "@tanstack/react-query";
import { X } from "lucide-react";
import { type ReactNode, useEffect } from "react";
import { Link } from "react-router";
import { api, body } from "@/api/client";
import { messageOf } from "@/api/failure";
import { recount } from "@/api/queries";
import type { ActiveItem } from "@/api/types";
import { useMay } from "@/features/auth/me";
import { activeOptions } from "@/live/polling";
import { useProgress } from "@/live/progress";
import { enterRoom } from "@/live/socket";
import { counted } from "@/ui/amounts";
import { IconButton } from "@/ui/button";
import { Failed } from "@/ui/notice";
import { Panel } from "@/ui/panel";
import { ProgressBar } from "@/ui/progress-bar";
import { SkeletonList } from "@/ui/skeleton";
import { toast } from "@/ui/toast";
import { statsOptions } from "./queries";
import { orderQueue, withProgress } from "./queue-order";

const LONGEST_LABEL = 60;

/** What the workspace has at work and waiting, as it goes on. */
export function Queue({ actions }: { actions: ReactNode }) {
  const { data: items, error, refetch } = useQuery(activeOptions);
  const { data: stats } = useQuery(statsOptions);
  if (!items && error)
    return <Failed what="The queue could not be read" error={error} onRetry={() => void refetch()} />;
  if (!items) return <SkeletonList rows={2} />;
  const { running, pending, shown } = orderQueue(items, stats?.generations);
  const hidden = running + pending - shown.length;
  return (
    <Panel
      title="Queue"
      aside={`${running.toLocaleString()} running, ${pending.toLocaleString()} waiting`}
      actions={actions}
    >
      {shown.length === 0 ? (
        <p className="rounded-lg border border-line border-dashed p-4 text-soft text-sm">
          Nothing is waiting or running.
        </p>
      ) : (
        <ul className="divide-y divide-line rounded-lg border border-line bg-raised">
          {shown.map((item) => (
            <QueueRow key={item.id} item={item} />
          ))}
        </ul>
      )}
      {hidden > 0 && <p className="text-soft text-sm">{counted(hidden, "more waits", "more wait")} after these.</p>}
    </Panel>
  );
}

function QueueRow({ item }: { item: ActiveItem }) {
  const heard = useProgress((all) => all[item.id]);
  const { status, percent, node } = withProgress(item, heard);
  const isRunning = status === "running";
  const mayCancel = useMay("write");
  const { id } = item;
  useEffect(() => (isRunning ? enterRoom("generation", id) : undefined), [isRunning, id]);
  const name = item.prompt_text?.trim() || "Without a prompt";
  return (
    <li className="flex items-center gap-3 px-3 py-2 text-sm">
      <div className="min-w-0 flex-1">
        <p className="truncate">
          {item.session_id ? (
            <Link to={`/comfyui/${item.session_id}`} className="hover:underline">
              {name}
            </Link>
          ) : (
            name
          )}
        </p>
        <p className="line-clamp-2 break-words text-soft text-xs">
          {item.waiting_reason ?? (isRunning ? (node ?? "Handed to ComfyUI") : "Waiting for its turn")}
        </p>
        {isRunning && <ProgressBar label={`Progress of ${name}`} percent={percent} className="mt-1" />}
      </div>
      {isRunning && <span className="w-10 text-right text-xs tabular-nums">{percent} %</span>}
      {mayCancel && <CancelButton id={id} name={name} />}
    </li>
  );
}

function CancelButton({ id, name }: { id: string; name: string }) {
  const params = { path: { generation_id: id } };
  const cancelling = useMutation({
    mutationFn: () => body(api.POST("/api/comfyui/generations/{generation_id}/cancel", { params })),
    onError: (failure) => toast({ kind: "error", message: messageOf(failure) }),
    onSettled: recount,
  });
  return (
    <IconButton
      label={`Cancel: ${name.slice(0, LONGEST_LABEL)}`}
      busy={cancelling.isPending}
      onClick={() => cancelling.mutate()}
    >
      <X size={16} aria-hidden />
    </IconButton>
  );
}
