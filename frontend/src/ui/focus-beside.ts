const LONGEST_MS = 60_000;

/** Before the row of the focus, or of `inRow`, is taken away: once it is gone, what stands beside it has the focus. */
export function focusBeside(inRow: Element | null = document.activeElement): void {
  const row = inRow?.closest("li, tr") ?? null;
  const beside = row?.nextElementSibling ?? row?.previousElementSibling ?? null;
  onceGone(row, () => {
    const next = beside?.isConnected ? beside.querySelector<HTMLElement>("a[href], button:enabled") : null;
    if (next) next.focus();
    else focusHeading();
  });
}

/** Before one goes to another page: once that is shown, its heading has the focus. */
export function focusNextPage(): void {
  onceGone(document.querySelector("main h1"), focusHeading);
}

/** Unless somebody has moved the focus elsewhere meanwhile. */
function onceGone(element: Element | null, then: () => void, until = performance.now() + LONGEST_MS): void {
  if (!element || performance.now() > until) return;
  if (element.isConnected) requestAnimationFrame(() => onceGone(element, then, until));
  else if (document.activeElement === document.body) then();
}

export function focusHeading(): void {
  const heading = document.querySelector<HTMLElement>("main h1");
  if (!heading) return;
  heading.tabIndex = -1;
  heading.focus();
}
