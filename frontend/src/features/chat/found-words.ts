const NAME = "found";

/** The words of a search, without what is left out of it; quotes and signs only part them. */
export function wordsOf(q: string): string[] {
  const sought = q
    .split(/\s+/)
    .filter((part) => !part.startsWith("-") && part.toLowerCase() !== "or")
    .join(" ");
  return [...new Set(sought.toLowerCase().split(/[^\p{L}\p{N}]+/u))].filter((word) => word !== "");
}

/** Where one of the words begins, and what it is long; only at the beginning of a word of the text. */
export function placesOf(text: string, words: readonly string[]): { at: number; length: number }[] {
  const lower = text.toLowerCase();
  const places = words.flatMap((word) => {
    const found = [];
    for (let at = lower.indexOf(word); at >= 0; at = lower.indexOf(word, at + word.length)) {
      if (at === 0 || !/[\p{L}\p{N}]/u.test(lower.charAt(at - 1))) found.push({ at, length: word.length });
    }
    return found;
  });
  return places.sort((one, other) => one.at - other.at);
}

/** Marks the words in an element without touching it, and gives the first place; null where none stands there. */
export function markWords(element: HTMLElement, words: readonly string[]): Range | null {
  const ranges: Range[] = [];
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null && words.length > 0; node = walker.nextNode()) {
    for (const { at, length } of placesOf(node.textContent ?? "", words)) {
      const range = document.createRange();
      range.setStart(node, at);
      range.setEnd(node, at + length);
      ranges.push(range);
    }
  }
  if ("highlights" in CSS) CSS.highlights.set(NAME, new Highlight(...ranges));
  return ranges[0] ?? null;
}

export function unmarkWords(): void {
  if ("highlights" in CSS) CSS.highlights.delete(NAME);
}
