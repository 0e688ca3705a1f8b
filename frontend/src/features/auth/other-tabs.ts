import { renew, useAccess } from "@/api/access";

/**
 * The tabs of a browser share one login. `user` in the browser's storage says whose: when somebody signs out or comes in
 * elsewhere, this tab follows. To be undone by the returned function.
 */
export function followOtherTabs(): () => void {
  const onStorage = ({ key, newValue }: StorageEvent) => {
    if (key !== "user" && key !== null) return;
    const { token, userId } = useAccess.getState();
    if (token === null && newValue !== null) renew(null).catch(() => undefined);
    else if (token !== null && newValue !== userId) location.reload();
  };
  addEventListener("storage", onStorage);
  return () => removeEventListener("storage", onStorage);
}
