const CENT = 0.01;

/** Dollars with as many digits as it takes to see them; a price that nobody knows is said, never shown as 0. */
export function moneyShown(usd: number | null): string {
  if (usd === null) return "unknown";
  const isTiny = usd !== 0 && Math.abs(usd) < CENT;
  const digits = isTiny ? { maximumSignificantDigits: 2 } : { minimumFractionDigits: 2, maximumFractionDigits: 2 };
  return `$${usd.toLocaleString(undefined, digits)}`;
}
