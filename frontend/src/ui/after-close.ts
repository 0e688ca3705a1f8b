import { useEffect, useEffectEvent } from "react";

/** Runs once a dialog, which closes as this becomes due, has given the focus back. */
export function useAfterClose(isDue: boolean, run: () => void): void {
  const runNow = useEffectEvent(run);
  useEffect(() => {
    if (isDue) setTimeout(() => runNow());
  }, [isDue]);
}
