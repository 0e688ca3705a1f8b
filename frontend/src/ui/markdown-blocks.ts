/** A piece of a Markdown text that reads the same alone. `isOpen`: its code has not ended yet, as while it is written. */
export interface Block {
  text: string;
  isOpen: boolean;
}

const FENCE = /^\s*(`{3,}|~{3,})(.*)$/;
const LIST_ITEM = /^ {0,3}(?:[-*+]|\d{1,9}[.)])(?:\s|$)/;
const TOP_ITEM = /^(?:[-*+]|\d{1,9}[.)])\s/;
const FOOTNOTE = /^ {0,3}\[\^[^\]]+\]:/m;
const LINK = /^ {0,3}\[[^\]^][^\]]*\]:.*$/gm;
/** A list that is longer is cut between its items too. */
const LONG_LIST = 1_500;

/**
 * Cuts a text between its top-level blocks, so that one that has ended need not be read again while the text grows.
 * What links are defined anywhere counts everywhere, and goes along; a text with footnotes stays whole.
 */
export function blocksOf(text: string): Block[] {
  const lines = text.replace(/\r\n?/g, "\n").split("\n");
  const blocks: Block[] = [];
  let block: string[] = [];
  let letters = 0;
  let fence: string | null = null;
  let isAfterBlank = false;
  const end = () => {
    if (block.some((line) => line.trim() !== "")) blocks.push({ text: block.join("\n"), isOpen: fence !== null });
    block = [];
    letters = 0;
  };
  for (const line of lines) {
    const isBorder = (isAfterBlank && startsAnew(line, block)) || (letters > LONG_LIST && isNextItem(line, block));
    if (fence === null && isBorder) end();
    block.push(line);
    letters += line.length;
    isAfterBlank = line.trim() === "";
    fence = fenceAfter(line, fence);
  }
  end();
  if (blocks.some((one) => FOOTNOTE.test(one.text))) return [{ text, isOpen: fence !== null }];
  return withLinks(blocks);
}

/** Each block that may name a link by its label gets the addresses of all. */
function withLinks(blocks: Block[]): Block[] {
  const links = blocks.flatMap((one) => one.text.match(LINK) ?? []).join("\n");
  if (links === "") return blocks;
  return blocks.map((one) =>
    one.isOpen || !one.text.includes("]") ? one : { ...one, text: `${one.text}\n\n${links}` },
  );
}

/** Not in a list that is numbered by the same number throughout. */
const isNextItem = (line: string, [first = ""]: readonly string[]) =>
  TOP_ITEM.test(first) && TOP_ITEM.test(line) && !/^[01][.)]/.test(line);

/** After a blank line: what is indented goes on, and so does a list with its next item. */
function startsAnew(line: string, block: readonly string[]): boolean {
  if (line.trim() === "" || /^\s/.test(line)) return false;
  const first = block.find((one) => one.trim() !== "");
  return first === undefined || !(LIST_ITEM.test(first) && LIST_ITEM.test(line));
}

/** The fence that is open behind this line. */
function fenceAfter(line: string, fence: string | null): string | null {
  const [, marks, rest] = FENCE.exec(line) ?? [];
  if (marks === undefined || rest === undefined) return fence;
  if (fence === null) return marks.startsWith("`") && rest.includes("`") ? null : marks;
  return marks.startsWith(fence) && rest.trim() === "" ? null : fence;
}
