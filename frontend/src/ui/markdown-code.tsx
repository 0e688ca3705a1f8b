import { Copy } from "lucide-react";
import type { ReactNode } from "react";
import type { ExtraProps } from "react-markdown";
import { copyText } from "./clipboard";

/** A block of code with the name of its language, and a button that copies it. */
export function Code({ node, children }: ExtraProps & { children?: ReactNode }) {
  const language = languageOf(node);
  return (
    <div className="markdown-code">
      <div className="flex items-center justify-between gap-2 border-line border-b pl-3 text-soft text-xs">
        <span className="truncate">{language ?? "Text"}</span>
        <button
          type="button"
          onClick={() => void copyText(textOf(node).replace(/\n$/, ""), "Code")}
          className="flex min-h-9 shrink-0 items-center gap-1.5 rounded px-3 hover:bg-hover"
        >
          <Copy size={14} aria-hidden />
          Copy
          <span className="sr-only">the code</span>
        </button>
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: no set of fields */}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is scrolled by keys too */}
      <pre role="group" aria-label={language === null ? "Code" : `Code, ${language}`} tabIndex={0}>
        {children}
      </pre>
    </div>
  );
}

type Node = NonNullable<ExtraProps["node"]>;
type Child = Node["children"][number];

function languageOf(node: Node | undefined): string | null {
  const [code] = node?.children ?? [];
  const names = code?.type === "element" ? code.properties.className : null;
  if (!Array.isArray(names)) return null;
  const named = names.map(String).find((name) => name.startsWith("language-"));
  return named?.slice("language-".length) || null;
}

function textOf(node: Node | Child | undefined): string {
  if (node === undefined) return "";
  if (node.type === "text") return node.value;
  return "children" in node ? node.children.map(textOf).join("") : "";
}
