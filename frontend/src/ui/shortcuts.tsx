import { useEffect, useEffectEvent } from "react";
import { create } from "zustand";
import { Dialog } from "./dialog";

interface Shortcut {
  keys: string;
  does: string;
  run: () => void;
}

const useSheet = create<{ open: boolean; shortcuts: readonly Shortcut[] }>(() => ({ open: false, shortcuts: [] }));

const setOpen = (open: boolean) => useSheet.setState({ open });
export const showShortcuts = () => setOpen(true);

/**
 * In force, and on the help sheet, while the component that calls it is on screen. `keys` as `Alt+1`, `Mod+Enter`, `?`;
 * Mod is Ctrl, or Command on a Mac. Plain letters do nothing while somebody types, none does while a dialog is open.
 */
export function useShortcut(keys: string, does: string, run: () => void): void {
  const runNow = useEffectEvent(run);
  useEffect(() => {
    const shortcut = { keys, does, run: () => runNow() };
    useSheet.setState((now) => ({ shortcuts: [...now.shortcuts, shortcut] }));
    return () => useSheet.setState((now) => ({ shortcuts: now.shortcuts.filter((one) => one !== shortcut) }));
  }, [keys, does]);
}

function keysOf(event: KeyboardEvent): string {
  const mod = event.ctrlKey || event.metaKey ? "Mod+" : "";
  const alt = event.altKey ? "Alt+" : "";
  return `${mod}${alt}${event.key.length === 1 ? event.key.toLowerCase() : event.key}`;
}

const isTyping = (target: EventTarget | null) =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

function onKey(event: KeyboardEvent): void {
  const keys = keysOf(event);
  if (event.defaultPrevented || (isTyping(event.target) && !/^(Mod|Alt)\+/.test(keys))) return;
  if (document.querySelector('[role="dialog"]')) return;
  const found = useSheet.getState().shortcuts.findLast((shortcut) => shortcut.keys === keys);
  if (!found) return;
  event.preventDefault();
  found.run();
}

/** Listens for all shortcuts, and shows them at `?`. */
export function Shortcuts() {
  const open = useSheet((now) => now.open);
  useShortcut("?", "Show this sheet", showShortcuts);
  useEffect(() => {
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
  return (
    <Dialog open={open} onOpenChange={setOpen} title="Keyboard shortcuts">
      <ShortcutList />
    </Dialog>
  );
}

/** All that are in force now. */
export function ShortcutList() {
  const shortcuts = useSheet((now) => now.shortcuts);
  return (
    <dl className="grid grid-cols-[auto_1fr] gap-x-6 gap-y-2 text-sm">
      {shortcuts.map(({ keys, does }) => (
        <div key={keys} className="contents">
          <dt>
            <kbd className="rounded border border-control px-1.5 py-0.5 font-mono text-xs">
              {keys.replace("Mod", "Ctrl")}
            </kbd>
          </dt>
          <dd>{does}</dd>
        </div>
      ))}
    </dl>
  );
}
