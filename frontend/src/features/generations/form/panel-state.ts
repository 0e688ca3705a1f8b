import { create } from "zustand";
import { persist } from "zustand/middleware";

interface PanelState {
  /** Whether somebody opened or closed it; null: as the form thinks best. */
  wanted: boolean | null;
  /** Parts by name; a part that is not here is as the form thinks best. */
  parts: Readonly<Record<string, boolean>>;
}

export const usePanel = create(persist<PanelState>(() => ({ wanted: null, parts: {} }), { name: "settings-panel" }));

export const setPanel = (wanted: boolean) => usePanel.setState({ wanted });

export const setPart = (name: string, isOpen: boolean) =>
  usePanel.setState(({ parts }) => ({ parts: { ...parts, [name]: isOpen } }));

export const usePart = (name: string, byDefault: boolean) => usePanel(({ parts }) => parts[name] ?? byDefault);
