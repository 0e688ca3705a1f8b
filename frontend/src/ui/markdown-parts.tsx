import { type ComponentProps, createContext, type ReactNode, use } from "react";

const SAFE = new Set(["http:", "https:", "mailto:"]);

/** Only whole addresses that a person may follow; empty for all others. */
export function safeAddress(address: string): string {
  try {
    return SAFE.has(new URL(address).protocol) ? address : "";
  } catch {
    return "";
  }
}

type HeadingTag = "h3" | "h4" | "h5" | "h6";

/** Below the headings of the page. */
export const Heading = {
  of:
    (Tag: HeadingTag) =>
    ({ children }: { children?: ReactNode }) => <Tag>{children}</Tag>,
};

const InLink = createContext(false);

export function Link({ href, children }: ComponentProps<"a">) {
  if (!href) return <span>{children}</span>;
  return (
    <a href={href} target="_blank" rel="noreferrer">
      <InLink value={true}>{children}</InLink>
    </a>
  );
}

/** A picture from elsewhere is not fetched: that would tell its server who reads this. It is a link. */
export function Picture({ src, alt }: ComponentProps<"img">) {
  const isInLink = use(InLink);
  const name = `Picture: ${alt || "without a description"}`;
  if (typeof src !== "string" || src === "" || isInLink) return <span>[{name}]</span>;
  return <Link href={src}>[{name}]</Link>;
}

/** Scrolls by itself where it is broad. */
export function Table({ children }: { children?: ReactNode }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: no set of fields
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is scrolled by keys too
    <div role="group" aria-label="Table" tabIndex={0} className="markdown-scroll">
      <table>{children}</table>
    </div>
  );
}

/** The box before an item of a list of things to do. */
export function Tick({ checked }: ComponentProps<"input">) {
  return <input type="checkbox" disabled checked={checked} readOnly aria-label={checked ? "Done" : "Not done"} />;
}
