import { useEffect } from "react";
import { create } from "zustand";
import { persist } from "zustand/middleware";

export type Theme = "system" | "light" | "dark";

export const useTheme = create(persist<{ theme: Theme }>(() => ({ theme: "system" }), { name: "theme" }));

const NEXT: Record<Theme, Theme> = { system: "light", light: "dark", dark: "system" };

export const changeTheme = () => useTheme.setState(({ theme }) => ({ theme: NEXT[theme] }));

/** `data-theme` of the page decides which half of each `light-dark()` of style.css holds. */
export function useAppliedTheme(): void {
  const theme = useTheme((now) => now.theme);
  useEffect(() => {
    document.documentElement.dataset.theme = theme;
  }, [theme]);
}
