import { parse } from "lossless-json";

interface JsonProblem {
  message: string;
  position: number;
  line: number;
}

/** What is wrong with the text as JSON, and where; null when nothing is. */
export function jsonProblem(text: string): JsonProblem | null {
  try {
    parse(text);
    return null;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const position = Math.min(Number(/ at position (\d+)$/.exec(message)?.[1] ?? text.length), text.length);
    const line = text.slice(0, position).split("\n").length;
    return { message: message.replace(/ at position \d+$/, ""), position, line };
  }
}

const TOKENS = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;
const OPENING = new Set(["{", "["]);
const CLOSING = new Set(["}", "]"]);
const INDENT = "  ";

/**
 * Sound JSON with new white space and nothing else: numbers, escapes and the order of the keys stay to the letter.
 * (An object of JavaScript moves keys like "10", as node ids are, before all others.)
 */
export function formatJson(text: string): string {
  const tokens = text.match(TOKENS) ?? [];
  let out = "";
  let depth = 0;
  let isOneLine = false;
  const newLine = () => (isOneLine ? "" : `\n${INDENT.repeat(depth)}`);
  for (const [at, token] of tokens.entries()) {
    if (OPENING.has(token)) {
      isOneLine = fitsOneLine(tokens, at);
      depth += 1;
      out += token + newLine();
    } else if (CLOSING.has(token)) {
      depth -= 1;
      out += newLine() + token;
      isOneLine = false;
    } else if (token === ",") out += isOneLine ? ", " : `,${newLine()}`;
    else out += token === ":" ? ": " : token;
  }
  return out;
}

/** Sound JSON that stands in one line is formatted; what somebody has set in lines stays so. */
export const inLines = (text: string): string =>
  text.trim().includes("\n") || jsonProblem(text) ? text : formatJson(text);

/** Lists of plain values, such as a link to a node, and whatever is empty. */
function fitsOneLine(tokens: readonly string[], start: number): boolean {
  let end = start + 1;
  while (end < tokens.length && !isBracket(tokens[end])) end += 1;
  return tokens[start] === "[" ? tokens[end] === "]" : end === start + 1 && tokens[end] === "}";
}

const isBracket = (token: string | undefined) => token !== undefined && (OPENING.has(token) || CLOSING.has(token));
