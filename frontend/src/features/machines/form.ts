import type { Backend } from "@/api/types";
import type { NewBackend, Patch } from "./changes";

/** What the dialog holds. `apiKey` is a newly typed one: a stored key is never shown, so empty means unchanged. */
export interface MachineForm {
  name: string;
  url: string;
  apiKey: string;
  removesKey: boolean;
  /** Empty: as many as usual. */
  slots: string;
}

export const formOf = (machine: Backend | null): MachineForm => ({
  name: machine?.name ?? "",
  url: machine?.url ?? "",
  apiKey: "",
  removesKey: false,
  slots: machine?.slots == null ? "" : String(machine.slots),
});

const slotsOf = ({ slots }: MachineForm): number | null => (slots.trim() === "" ? null : Number(slots));

export const inputOf = (form: MachineForm): NewBackend => ({
  name: form.name.trim(),
  url: form.url.trim(),
  api_key: form.apiKey.trim() || null,
  slots: slotsOf(form),
});

/** Only what differs; of a profile's own machine neither address nor key. */
export function patchOf(machine: Backend, form: MachineForm): Patch {
  const { name, url, api_key = null, slots = null } = inputOf(form);
  const shared = {
    ...(name === machine.name ? {} : { name }),
    ...(slots === machine.slots ? {} : { slots }),
  };
  if (machine.is_own) return shared;
  const key = api_key !== null ? { api_key } : form.removesKey ? { api_key: null } : {};
  return { ...shared, ...(url === machine.url ? {} : { url }), ...key };
}
