import { lazy, Suspense } from "react";

const LONGEST = 200_000;

/** What makes text of Markdown is large, and fetched when there is some to show; without it the text stands as it is. */
const Rendered = lazy(() => import("./markdown-rendered").catch(() => ({ default: Plain })));

/** A text in Markdown as a model or a person wrote it: no markup of its own is run, and nothing in it is fetched. */
export function Markdown({ text }: { text: string }) {
  if (text.length > LONGEST) return <Plain text={text} />;
  return (
    <Suspense fallback={<Plain text={text} />}>
      <Rendered text={text} />
    </Suspense>
  );
}

function Plain({ text }: { text: string }) {
  return <p className="wrap-anywhere whitespace-pre-wrap">{text}</p>;
}
