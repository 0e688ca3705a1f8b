/** Where the keyboard goes when what had it is gone. */
export function focusFeed(): void {
  document.querySelector<HTMLElement>('[role="feed"]')?.focus({ preventScroll: true });
}
