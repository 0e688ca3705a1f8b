import { create } from "zustand";
import type { Generation } from "@/api/types";

/** The generation of which more are wanted. */
export const useVaried = create<{ row: Generation | null }>(() => ({ row: null }));

/** Asks how many more of this one. */
export const vary = (row: Generation) => useVaried.setState({ row });
export const closeVariations = () => useVaried.setState({ row: null });
