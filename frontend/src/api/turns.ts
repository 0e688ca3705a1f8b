const KEY = "turn";
const SETTLE_MS = 60;
const LONGEST_MS = 10_000;

/**
 * Runs `work` while no other tab of this browser runs its own. Web Locks exist only where the page was loaded over HTTPS
 * or from this machine (w3.org/TR/web-locks); elsewhere the tabs agree by a note in the storage that they share.
 */
export async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if ("locks" in navigator) return await navigator.locks.request("spoonfeeder-refresh", work);
  const mine = await takeTurn();
  try {
    return await work();
  } finally {
    if (localStorage.getItem(KEY) === mine) localStorage.removeItem(KEY);
  }
}

/** Of several that write their note at once the last one is read by all, and the others wait again. */
async function takeTurn(): Promise<string> {
  for (;;) {
    if (isFree(localStorage.getItem(KEY))) {
      const mine = `${Date.now() + LONGEST_MS} ${Math.random()}`;
      localStorage.setItem(KEY, mine);
      await pause(SETTLE_MS);
      if (localStorage.getItem(KEY) === mine) return mine;
    }
    await pause(SETTLE_MS * (1 + Math.random()));
  }
}

/** Also when the tab that held it was closed meanwhile. */
const isFree = (note: string | null) => note === null || Number(note.split(" ")[0]) < Date.now();

const pause = (delayMs: number) => new Promise((resolve) => setTimeout(resolve, delayMs));
