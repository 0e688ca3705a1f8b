import { create } from "zustand";
import { persist } from "zustand/middleware";

interface PanelState {
  isOpen: boolean;
  /** Parts by name; a part that is not here is as the form thinks best. */
  parts: Readonly<Record<string, boolean>>;
}

export const usePanel = create(persist<PanelState>(() => ({ isOpen: true, parts: {} }), { name: "settings-panel" }));

export const togglePanel = () => usePanel.setState(({ isOpen }) => ({ isOpen: !isOpen }));

export const setPart = (name: string, isOpen: boolean) =>
  usePanel.setState(({ parts }) => ({ parts: { ...parts, [name]: isOpen } }));

export const usePart = (name: string, byDefault: boolean) => usePanel(({ parts }) => parts[name] ?? byDefault);
