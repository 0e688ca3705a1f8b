import { useSyncExternalStore } from "react";
import { create } from "zustand";
import { persist } from "zustand/middleware";

/** Whether the names stand beside the icons, where somebody has said so; else the width of the window decides. */
const useChosen = create(persist<{ hasNames: boolean | null }>(() => ({ hasNames: null }), { name: "rail" }));

const broad = matchMedia("(min-width: 90rem)");

const listen = (onChange: () => void) => {
  broad.addEventListener("change", onChange);
  return () => broad.removeEventListener("change", onChange);
};

export function useRailNames(): [boolean, () => void] {
  const isBroad = useSyncExternalStore(listen, () => broad.matches);
  const chosen = useChosen((now) => now.hasNames);
  const hasNames = chosen ?? isBroad;
  return [hasNames, () => useChosen.setState({ hasNames: !hasNames })];
}
