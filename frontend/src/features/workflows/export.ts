import { queryOptions } from "@tanstack/react-query";
import { api, body } from "@/api/client";
import { messageOf } from "@/api/failure";
import type { Workflow } from "@/api/types";
import { saveFile } from "@/ui/save-file";
import { toast } from "@/ui/toast";
import { workflowsOptions } from "./queries";

export type ExportFormat = "api" | "original" | "png";

const pathOf = (id: string, format: ExportFormat) => ({
  params: { path: { workflow_id: id }, query: { format } },
});

/** A link of the browser sends no token, so the file is fetched first. */
export async function downloadWorkflow({ id, name }: Workflow, format: ExportFormat): Promise<void> {
  try {
    const asked = api.GET("/api/comfyui/workflows/{workflow_id}/export", { ...pathOf(id, format), parseAs: "blob" });
    const address = URL.createObjectURL((await body(asked)) as Blob);
    saveFile(address, `${name}${format === "png" ? ".png" : format === "original" ? ".json" : ".api.json"}`);
    setTimeout(() => URL.revokeObjectURL(address), 10_000);
  } catch (failure) {
    toast({ kind: "error", message: `The workflow could not be exported. ${messageOf(failure)}` });
  }
}

/** As the editor of ComfyUI has it, where that is kept: with the places of the nodes. */
export const originalOptions = ({ id, version, has_original }: Workflow) =>
  queryOptions({
    queryKey: [...workflowsOptions.queryKey, id, "original", version],
    queryFn: ({ signal }) => {
      const path = "/api/comfyui/workflows/{workflow_id}/export";
      return body(api.GET(path, { ...pathOf(id, "original"), signal, parseAs: "text" }));
    },
    enabled: has_original,
    retry: false,
  });
