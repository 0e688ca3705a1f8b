export interface Piece {
  kind: "same" | "gone" | "new";
  text: string;
}

/** Beyond so many comparisons everything between what is equal at both ends is shown as changed. */
const MOST_STEPS = 2_000_000;

/** The second text as a change of the first, word by word; put together, the pieces are both texts. */
export function wordDiff(before: string, after: string): Piece[] {
  const [a, b] = [wordsOf(before), wordsOf(after)];
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head += 1;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a.at(-1 - tail) === b.at(-1 - tail)) tail += 1;
  const middle = changes(a.slice(head, a.length - tail), b.slice(head, b.length - tail));
  return joined([
    ...a.slice(0, head).map((text): Piece => ({ kind: "same", text })),
    ...middle,
    ...a.slice(a.length - tail).map((text): Piece => ({ kind: "same", text })),
  ]);
}

/** Words, punctuation and what is between them. */
const wordsOf = (text: string): string[] => text.match(/\s+|[\p{L}\p{N}_]+|[^\s\p{L}\p{N}_]/gu) ?? [];

function changes(a: readonly string[], b: readonly string[]): Piece[] {
  const gone = a.map((text): Piece => ({ kind: "gone", text }));
  const added = b.map((text): Piece => ({ kind: "new", text }));
  if (a.length === 0 || b.length === 0 || a.length * b.length > MOST_STEPS) return [...gone, ...added];
  const lengths = commonLengths(a, b);
  const pieces: Piece[] = [];
  let [i, j] = [0, 0];
  const width = b.length + 1;
  const common = (row: number, column: number) => lengths[row * width + column] ?? 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      pieces.push({ kind: "same", text: a[i] ?? "" });
      i += 1;
      j += 1;
    } else if (j === b.length || (i < a.length && common(i + 1, j) >= common(i, j + 1))) {
      pieces.push({ kind: "gone", text: a[i] ?? "" });
      i += 1;
    } else {
      pieces.push({ kind: "new", text: b[j] ?? "" });
      j += 1;
    }
  }
  return pieces;
}

/** At `i · (b.length + 1) + j`, how long the longest common subsequence of the rests from there is. */
function commonLengths(a: readonly string[], b: readonly string[]): Uint32Array {
  const width = b.length + 1;
  const lengths = new Uint32Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      const [down, right] = [lengths[(i + 1) * width + j] ?? 0, lengths[i * width + j + 1] ?? 0];
      lengths[i * width + j] = a[i] === b[j] ? (lengths[(i + 1) * width + j + 1] ?? 0) + 1 : Math.max(down, right);
    }
  }
  return lengths;
}

function joined(pieces: readonly Piece[]): Piece[] {
  const whole: Piece[] = [];
  for (const { kind, text } of pieces) {
    const last = whole.at(-1);
    if (last?.kind === kind) last.text += text;
    else whole.push({ kind, text });
  }
  return whole;
}
