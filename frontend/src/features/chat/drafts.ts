import { create } from "zustand";
import { persist } from "zustand/middleware";
import { roomyStorage } from "@/ui/roomy-storage";
import { toast } from "@/ui/toast";

/** A picture that was uploaded for a message. */
export interface AttachedPicture {
  id: string;
  filename: string;
}

export interface Draft {
  text: string;
  pictures: readonly AttachedPicture[];
}

/** Where there is no conversation yet. */
export const NEW = "new";

const MOST_KEPT = 100;
const EMPTY: Draft = { text: "", pictures: [] };

type Drafts = Readonly<Record<string, Draft>>;

/** By conversation; kept in the browser, those written last. */
const useDrafts = create(
  persist<{ drafts: Drafts }>(() => ({ drafts: {} }), { name: "chat-drafts", storage: roomyStorage() }),
);

if (typeof addEventListener === "function") {
  addEventListener("storage", ({ key }) => {
    if (key === "chat-drafts") void useDrafts.persist.rehydrate();
  });
}

export const useDraft = (of: string): Draft => useDrafts(({ drafts }) => drafts[of] ?? EMPTY);

export const draftOf = (of: string): Draft => useDrafts.getState().drafts[of] ?? EMPTY;

export function changeDraft(of: string, change: Partial<Draft>): void {
  useDrafts.setState(({ drafts: { [of]: now = EMPTY, ...others } }) => {
    const next = { ...now, ...change };
    const isEmpty = next.text === "" && next.pictures.length === 0;
    const kept = Object.entries(others).slice(1 - MOST_KEPT);
    return { drafts: Object.fromEntries(isEmpty ? kept : [...kept, [of, next]]) };
  });
}

/** Writes it there; what stood there is a click away. */
export function replaceText(of: string, text: string): void {
  const before = draftOf(of).text;
  changeDraft(of, { text });
  if (before.trim() === "" || before === text) return;
  const undo = { label: "Undo", run: () => changeDraft(of, { text: before }) };
  toast({ kind: "info", message: "What was written in the message is replaced.", action: undo });
}

export const dropDraft = (of: string): void => changeDraft(of, EMPTY);
