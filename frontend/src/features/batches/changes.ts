import { api, body, read } from "@/api/client";
import type { Batch } from "./queries";

const pathOf = (id: string) => ({ params: { path: { batch_id: id } } });

/** All that waits or runs. */
export const cancelBatch = (id: string): Promise<Batch> =>
  read(api.POST("/api/comfyui/batches/{batch_id}/cancel", pathOf(id)));

export const holdBatch = (id: string): Promise<Batch> =>
  read(api.POST("/api/comfyui/batches/{batch_id}/hold", pathOf(id)));

export const releaseBatch = (id: string): Promise<Batch> =>
  read(api.POST("/api/comfyui/batches/{batch_id}/release", pathOf(id)));

/** With all its generations. */
export const deleteBatch = (id: string) => body(api.DELETE("/api/comfyui/batches/{batch_id}", pathOf(id)));

export const restoreBatch = (id: string) => body(api.POST("/api/comfyui/batches/{batch_id}/restore", pathOf(id)));
