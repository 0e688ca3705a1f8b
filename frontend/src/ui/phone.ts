import { useSyncExternalStore } from "react";

const narrow = matchMedia("(max-width: 767px)");

const listen = (onChange: () => void) => {
  narrow.addEventListener("change", onChange);
  return () => narrow.removeEventListener("change", onChange);
};

/** Whether the page is as narrow as a phone, where what stands beside becomes a sheet. */
export const useIsPhone = () => useSyncExternalStore(listen, () => narrow.matches);
