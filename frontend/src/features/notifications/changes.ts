import { api, body } from "@/api/client";
import { useChange } from "@/ui/change";

const of = (id: string) => ({ params: { path: { notification_id: id } } });
const stale = [["notifications"]] as const;

export const useMarkRead = () =>
  useChange({
    ask: (id: string) => body(api.POST("/api/notifications/{notification_id}/read", of(id))),
    stale,
    refusal: "It could not be marked as read.",
  });

export const useMarkAllRead = () =>
  useChange({
    ask: () => body(api.POST("/api/notifications/read")),
    stale,
    refusal: "They could not be marked as read.",
  });

export const useRemove = () =>
  useChange({
    ask: (id: string) => body(api.DELETE("/api/notifications/{notification_id}", of(id))),
    stale,
    refusal: "It could not be deleted.",
  });
