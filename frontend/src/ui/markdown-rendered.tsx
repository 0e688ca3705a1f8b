import { memo, useDeferredValue } from "react";
import ReactMarkdown, { type Components } from "react-markdown";
import rehypeHighlight from "rehype-highlight";
import remarkGfm from "remark-gfm";
import "./markdown.css";
import { blocksOf } from "./markdown-blocks";
import { Code } from "./markdown-code";
import { Heading, Link, Picture, safeAddress, Table, Tick } from "./markdown-parts";

const REMARK = [remarkGfm];
const REHYPE = [rehypeHighlight];
/** Colouring code anew with each of its words is slow where it is long. */
const LONGEST_OPEN = 2_000;

const COMPONENTS: Components = {
  h1: Heading.of("h3"),
  h2: Heading.of("h4"),
  h3: Heading.of("h5"),
  h4: Heading.of("h6"),
  h5: Heading.of("h6"),
  h6: Heading.of("h6"),
  a: Link,
  img: Picture,
  pre: Code,
  table: Table,
  input: Tick,
};

export default function Rendered({ text }: { text: string }) {
  const blocks = blocksOf(useDeferredValue(text));
  return (
    <div className="markdown">
      {blocks.map((block, place) => (
        <Block
          // biome-ignore lint/suspicious/noArrayIndexKey: a block is what stands at its place
          key={place}
          text={block.text}
          isColoured={!block.isOpen || block.text.length < LONGEST_OPEN}
        />
      ))}
    </div>
  );
}

const Block = memo(function Block({ text, isColoured }: { text: string; isColoured: boolean }) {
  return (
    <ReactMarkdown
      remarkPlugins={REMARK}
      rehypePlugins={isColoured ? REHYPE : []}
      components={COMPONENTS}
      urlTransform={safeAddress}
    >
      {text}
    </ReactMarkdown>
  );
});
