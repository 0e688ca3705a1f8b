/** A seed as the API takes it: ComfyUI's are unsigned 64-bit, so those above 2^53−1 are strings of digits. */
export type Seed = number | string;

export const RANDOM: Seed = -1;

const MAX_SEED = 2n ** 64n;
const SAFE = BigInt(Number.MAX_SAFE_INTEGER);

const toSeed = (exact: bigint): Seed => (exact <= SAFE ? Number(exact) : exact.toString());

/** Null for what is no seed. */
export function readSeed(value: unknown): Seed | null {
  const digits = String(value).trim();
  if (digits === "-1") return RANDOM;
  if (!/^\d{1,20}$/.test(digits) || BigInt(digits) >= MAX_SEED) return null;
  return toSeed(BigInt(digits));
}

export const isRandom = (value: unknown) => readSeed(value) === RANDOM;

/** Below 2^53, which every client can hold. */
export function drawSeed(): Seed {
  const [high = 0, low = 0] = crypto.getRandomValues(new Uint32Array(2));
  return (high % 2 ** 21) * 2 ** 32 + low;
}
