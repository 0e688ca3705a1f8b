import { api, newIdempotencyKey, read } from "@/api/client";
import { messageOf } from "@/api/failure";
import { recount } from "@/api/queries";
import type { Generation } from "@/api/types";
import { toast } from "@/ui/toast";

/** The same graph again, as a new generation that waits its turn. */
export async function rerun({ id }: Generation): Promise<void> {
  const headers = { "Idempotency-Key": newIdempotencyKey() };
  const params = { path: { generation_id: id } };
  try {
    await read(api.POST("/api/comfyui/generations/{generation_id}/rerun", { params, headers }));
    toast({ kind: "info", message: "It is made once more, and stands in the queue." });
  } catch (failure) {
    toast({ kind: "error", message: `Not started again. ${messageOf(failure)}` });
  }
  recount();
}
