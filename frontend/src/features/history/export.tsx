import { useMutation } from "@tanstack/react-query";
import { FileDown } from "lucide-react";
import { api, body } from "@/api/client";
import { messageOf } from "@/api/failure";
import type { TaskFilter } from "@/features/tasks/filters";
import { saveBlob } from "@/features/tasks/results/keep";
import { Button } from "@/ui/button";
import { toast } from "@/ui/toast";

type Format = "csv" | "json";

/** What is listed, all of it, as a file. */
export function ExportButtons({ filter }: { filter: TaskFilter }) {
  const exporting = useMutation({
    mutationFn: (format: Format) => readExport(filter, format),
    onSuccess: (file, format) => saveBlob(file, `tasks-${today()}.${format}`),
    onError: (failure) => toast({ kind: "error", message: `Nothing is exported. ${messageOf(failure)}` }),
  });
  return (["csv", "json"] as const).map((format) => (
    <Button key={format} busy={exporting.isPending} onClick={() => exporting.mutate(format)}>
      <FileDown size={16} aria-hidden />
      {format.toUpperCase()}
    </Button>
  ));
}

function readExport(filter: TaskFilter, format: Format): Promise<Blob> {
  const params = { query: { ...filter, format } };
  return body(api.GET("/api/tasks/history/export", { params, parseAs: "blob" })) as Promise<Blob>;
}

const today = () => new Date().toISOString().slice(0, 10);
