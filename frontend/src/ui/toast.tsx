import { Toast } from "radix-ui";
import { create } from "zustand";

interface Told {
  id: number;
  kind: "info" | "error";
  message: string;
  action?: { label: string; run: () => void };
}

const MOST_SHOWN = 4;
const SHOWN_MS = 6_000;
const WITH_ACTION_MS = 10_000;

const useToasts = create<{ told: readonly Told[] }>(() => ({ told: [] }));
let lastId = 0;

/** Tells something that has happened; an `action` (such as Undo) stands beside it while it is shown. */
export function toast(told: Omit<Told, "id">): void {
  lastId += 1;
  const next = { ...told, id: lastId };
  useToasts.setState((now) => ({ told: [...now.told, next].slice(-MOST_SHOWN) }));
}

const close = (id: number) => useToasts.setState((now) => ({ told: now.told.filter((one) => one.id !== id) }));

export function Toasts() {
  const told = useToasts((now) => now.told);
  return (
    <Toast.Provider label="Message" swipeDirection="right">
      {told.map((one) => (
        <Toast.Root
          key={one.id}
          type={one.kind === "error" ? "foreground" : "background"}
          duration={one.action ? WITH_ACTION_MS : SHOWN_MS}
          onOpenChange={(open) => !open && close(one.id)}
          className="flex items-center gap-3 rounded-lg border border-line bg-raised px-4 py-3 text-sm shadow-lg data-[kind=error]:border-bad"
          data-kind={one.kind}
        >
          <Toast.Description className="min-w-0 flex-1 break-words">{one.message}</Toast.Description>
          {one.action && (
            <Toast.Action
              altText={one.action.label}
              onClick={one.action.run}
              className="rounded px-2 py-1 font-semibold text-accent hover:bg-hover"
            >
              {one.action.label}
            </Toast.Action>
          )}
          <Toast.Close aria-label="Close" className="rounded px-1 text-soft hover:bg-hover">
            ×
          </Toast.Close>
        </Toast.Root>
      ))}
      <Toast.Viewport className="fixed top-11 right-0 z-50 flex w-96 max-w-full flex-col gap-2 p-3 outline-none" />
    </Toast.Provider>
  );
}
