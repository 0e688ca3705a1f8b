import { useMutation, useQuery } from "@tanstack/react-query";
import { Ban } from "lucide-react";
import { useState } from "react";
import { meOptions, useMay } from "@/features/auth/me";
import { Button } from "@/ui/button";
import { Confirm } from "@/ui/confirm";
import { toast } from "@/ui/toast";
import { cancelMine } from "./changes";

/** Ends all that this person has asked for, and nothing of others. */
export function CancelMine() {
  const { data: me } = useQuery(meOptions);
  const mayWrite = useMay("write");
  const [isAsking, setAsking] = useState(false);
  const cancelling = useMutation({
    mutationFn: (userId: string) => cancelMine(userId),
    onSuccess: (count) => {
      setAsking(false);
      toast({ kind: "info", message: count === 0 ? "There was nothing of yours." : `${count} cancelled.` });
    },
  });
  if (!mayWrite || !me) return null;
  return (
    <>
      <Button onClick={() => setAsking(true)}>
        <Ban size={16} aria-hidden />
        Cancel all of mine
      </Button>
      <Confirm
        open={isAsking}
        onOpenChange={setAsking}
        title="Cancel all of yours?"
        sentence="What waits is not begun, and what runs is ended. What is made already stays, and nobody else’s work is touched."
        verb="Cancel all of mine"
        busy={cancelling.isPending}
        error={cancelling.error}
        onConfirm={() => cancelling.mutate(me.id)}
      />
    </>
  );
}
