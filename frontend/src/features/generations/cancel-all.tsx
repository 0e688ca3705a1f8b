import { useMutation, useQuery } from "@tanstack/react-query";
import { Ban } from "lucide-react";
import { useState } from "react";
import { api, read } from "@/api/client";
import { ApiFailure, messageOf } from "@/api/failure";
import { fewAtOnce } from "@/api/few-at-once";
import { recount } from "@/api/queries";
import type { ActiveItem } from "@/api/types";
import { useMay } from "@/features/auth/me";
import { activeOptions } from "@/live/polling";
import { Button } from "@/ui/button";
import { Confirm } from "@/ui/confirm";
import { toast } from "@/ui/toast";
import { stopSending } from "./form/sending";
import { keepRow } from "./reread";

const AT_ONCE = 3;
const ENDED = new Set([404, 409]);

/** What a session has under way, when it is more than one card shows, and the way to end it. */
export function Underway({ sessionId }: { sessionId: string }) {
  const items = useActive(sessionId);
  if (items.length < 2) return null;
  return (
    <div className="flex items-center gap-3 border-line border-t bg-raised px-3 py-1 text-sm">
      <p className="min-w-0 flex-1 text-soft tabular-nums">{items.length} waiting or running in this session</p>
      <CancelAll sessionId={sessionId} />
    </div>
  );
}

/** Of the session, or without one of the workspace. */
export function CancelAll({ sessionId }: { sessionId?: string }) {
  const items = useActive(sessionId);
  const mayWrite = useMay("write");
  const [isAsking, setAsking] = useState(false);
  const cancelling = useMutation({
    mutationFn: () => {
      if (sessionId !== undefined) stopSending(sessionId);
      return cancelEach(items);
    },
    onError: (failure) => toast({ kind: "error", message: `Not all are cancelled. ${messageOf(failure)}` }),
    onSettled: () => {
      setAsking(false);
      recount();
    },
  });
  if (!mayWrite || (items.length < 2 && !isAsking)) return null;
  return (
    <>
      <Button look="quiet" onClick={() => setAsking(true)}>
        <Ban size={16} aria-hidden />
        Cancel all
      </Button>
      <Confirm
        open={isAsking}
        onOpenChange={setAsking}
        title={`Cancel all ${items.length}?`}
        sentence="What waits is not begun, and what runs is ended. Pictures that are made already stay."
        verb="Cancel all"
        busy={cancelling.isPending}
        onConfirm={() => cancelling.mutate()}
      />
    </>
  );
}

function useActive(sessionId?: string): readonly ActiveItem[] {
  const { data = [] } = useQuery({ ...activeOptions, enabled: false });
  return sessionId === undefined ? data : data.filter(({ session_id }) => session_id === sessionId);
}

/** The youngest first, so that none begins because one before it has ended. */
const cancelEach = (items: readonly ActiveItem[]) =>
  fewAtOnce([...items].reverse(), AT_ONCE, ({ id }) => cancelOne(id));

async function cancelOne(id: string): Promise<void> {
  const params = { path: { generation_id: id } };
  try {
    keepRow(await read(api.POST("/api/comfyui/generations/{generation_id}/cancel", { params })));
  } catch (failure) {
    if (!(failure instanceof ApiFailure && ENDED.has(failure.status))) throw failure;
  }
}
