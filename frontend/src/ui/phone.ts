import { useSyncExternalStore } from "react";

const narrow = matchMedia("(max-width: 767px)");
const low = matchMedia("(max-height: 899px)");

const listenTo = (media: MediaQueryList) => (onChange: () => void) => {
  media.addEventListener("change", onChange);
  return () => media.removeEventListener("change", onChange);
};
const listenToNarrow = listenTo(narrow);
const listenToLow = listenTo(low);

/** Whether the page is as narrow as a phone, where what stands beside becomes a sheet. */
export const useIsPhone = () => useSyncExternalStore(listenToNarrow, () => narrow.matches);

/** Whether the page has too little height for everything at once. */
export const useIsLow = () => useSyncExternalStore(listenToLow, () => low.matches);
