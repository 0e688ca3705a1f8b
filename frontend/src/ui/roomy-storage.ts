import { createJSONStorage } from "zustand/middleware";

/** Kept in the browser; one without room for it keeps it as long as the page is open. */
export const roomyStorage = <Kept>() =>
  createJSONStorage<Kept>(() => ({
    getItem: (name: string) => localStorage.getItem(name),
    removeItem: (name: string) => localStorage.removeItem(name),
    setItem: (name: string, text: string) => {
      try {
        localStorage.setItem(name, text);
      } catch (full) {
        if (!(full instanceof DOMException)) throw full;
      }
    },
  }));
