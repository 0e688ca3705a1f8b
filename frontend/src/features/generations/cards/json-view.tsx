import { useEffect, useState } from "react";
import { create } from "zustand";
import { messageOf } from "@/api/failure";
import type { Generation } from "@/api/types";
import { JsonDialog } from "@/features/workflows/json-dialog";
import { toast } from "@/ui/toast";
import { readGraph } from "./act";

const useViewed = create<{ row: Generation | null }>(() => ({ row: null }));

export const viewJson = (row: Generation) => useViewed.setState({ row });
const close = () => useViewed.setState({ row: null });

/** The graph of the generation that was chosen by `viewJson`. */
export function JsonView() {
  const row = useViewed((now) => now.row);
  return row && <View key={row.id} row={row} />;
}

function View({ row }: { row: Generation }) {
  const [text, setText] = useState<string>();
  useEffect(() => {
    let isShown = true;
    readGraph(row).then(
      (read) => isShown && setText(read),
      (failure: unknown) => {
        toast({ kind: "error", message: `The workflow cannot be shown. ${messageOf(failure)}` });
        if (isShown) close();
      },
    );
    return () => {
      isShown = false;
    };
  }, [row]);
  return (
    <JsonDialog
      open
      onOpenChange={close}
      title="Workflow of this generation"
      text={text}
      filename={`workflow-${row.id}.json`}
    />
  );
}
