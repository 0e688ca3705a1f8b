import { create } from "zustand";
import { persist } from "zustand/middleware";

interface PanelState {
  /** Whether somebody opened or closed it; null: as the form thinks best. */
  wanted: boolean | null;
  /** Whether settings were put into it that somebody wants to see; forgotten with the page. */
  isTold: boolean;
  /** Parts by name; a part that is not here is as the form thinks best. */
  parts: Readonly<Record<string, boolean>>;
}

export const usePanel = create(
  persist<PanelState, [], [], Omit<PanelState, "isTold">>(() => ({ wanted: null, isTold: false, parts: {} }), {
    name: "settings-panel",
    partialize: ({ wanted, parts }) => ({ wanted, parts }),
  }),
);

export const setPanel = (wanted: boolean) => usePanel.setState({ wanted, isTold: false });

export const showPanel = () => usePanel.setState({ isTold: true });

export const setPart = (name: string, isOpen: boolean) =>
  usePanel.setState(({ parts }) => ({ parts: { ...parts, [name]: isOpen } }));

export const usePart = (name: string, byDefault: boolean) => usePanel(({ parts }) => parts[name] ?? byDefault);
