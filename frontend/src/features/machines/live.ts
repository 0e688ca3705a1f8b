import { queryClient } from "@/api/queries";
import type { Backend, BackendChanged } from "@/api/types";
import { backendsOptions } from "./queries";
import { heard } from "./state";

const { queryKey } = backendsOptions;

/** Shows at once what a machine says; what else changes when it comes or goes is read again. */
export function hearBackend(told: BackendChanged): void {
  const before = queryClient.getQueryData(queryKey)?.find(({ id }) => id === told.id);
  queryClient.setQueryData(queryKey, (known: Backend[] | undefined) => known?.map((one) => heard(one, told)));
  if (before?.status !== told.status) void queryClient.invalidateQueries({ queryKey });
}
