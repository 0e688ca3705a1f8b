/** Runs once, some time after the first of several calls. */
export function inAWhile(work: () => void, delayMs: number): () => void {
  let isDue = false;
  return () => {
    if (isDue) return;
    isDue = true;
    setTimeout(() => {
      isDue = false;
      work();
    }, delayMs);
  };
}
