import { create } from "zustand";
import type { Conversation } from "@/api/types";

export type Settings = Pick<Conversation, "system_prompt" | "options">;

const EMPTY: Settings = { system_prompt: null, options: {} };

/** What a conversation that has not begun will start with. */
export const useNewChat = create<{ settings: Settings }>(() => ({ settings: EMPTY }));

export const setNewChat = (settings: Settings = EMPTY): void => useNewChat.setState({ settings });
