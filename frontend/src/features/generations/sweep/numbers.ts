const WRITTEN = /^([+-]?)(\d*)(?:\.(\d*))?$/;
/** Longer than any number that a graph takes. */
const LONGEST = 30;

/** A decimal number exactly as it is written: `digits` of the last `scale` stand behind the point. */
interface Exact {
  digits: bigint;
  scale: number;
}

/** Null for what is no plain decimal number. */
export function exactOf(text: string): Exact | null {
  const trimmed = text.trim().replace(",", ".");
  const [, sign = "", whole = "", part = ""] = WRITTEN.exec(trimmed) ?? [];
  if (whole + part === "" || trimmed.length > LONGEST) return null;
  return { digits: BigInt(`${sign === "-" ? "-" : ""}${whole}${part}`), scale: part.length };
}

const scaled = ({ digits, scale }: Exact, to: number) => digits * 10n ** BigInt(to - scale);

/** As a number, or as its digits where a number would lose some. */
export function numberOf({ digits, scale }: Exact): number | string {
  const number = Number(written(digits, scale));
  return scale === 0 && !Number.isSafeInteger(number) ? digits.toString() : number;
}

function written(digits: bigint, scale: number): string {
  if (scale === 0) return digits.toString();
  const plain = (digits < 0n ? -digits : digits).toString().padStart(scale + 1, "0");
  return `${digits < 0n ? "-" : ""}${plain.slice(0, -scale)}.${plain.slice(-scale)}`;
}

/** From one to the other in steps, both ends included where a step meets them; three steps of 0.1 are 0.3. */
export function steps(
  from: Exact,
  to: Exact,
  step: Exact,
  most: number,
): { count: number; values: (number | string)[] } | null {
  const scale = Math.max(from.scale, to.scale, step.scale);
  const [start, end, width] = [scaled(from, scale), scaled(to, scale), scaled(step, scale)];
  if (width === 0n || (end - start) * width < 0n) return null;
  const count = Number((end - start) / width) + 1;
  const values = Array.from({ length: Math.min(count, most) }, (_, at) =>
    numberOf({ digits: start + BigInt(at) * width, scale }),
  );
  return { count, values };
}
