import { LongText } from "@/features/graph/long-text";
import { textOf } from "@/features/graph/read-graph";
import { Badge, type Tone } from "@/ui/badge";
import type { Changes, InputChange } from "./marks-of-changes";

interface NodeChangesProps {
  changes: Changes;
  /** Of the workflow's default parameters. */
  defaults?: readonly InputChange[];
}

/** The differences of two graphs in words, node by node. */
export function NodeChanges({ changes: { added, removed, changed }, defaults = [] }: NodeChangesProps) {
  if (added.length + removed.length + changed.length + defaults.length === 0) {
    return <p className="text-soft text-sm">Nothing differs.</p>;
  }
  return (
    <ul aria-label="What differs" className="flex flex-col gap-2">
      {changed.map((node) => (
        <Changed
          key={node.node_id}
          word="Changed"
          tone="warn"
          name={nameOf(node)}
          lines={[...renamed(node), ...node.inputs, ...node.links]}
        />
      ))}
      {added.map((node) => (
        <Changed key={node.node_id} word="New" tone="good" name={nameOf(node)} lines={[]} />
      ))}
      {removed.map((node) => (
        <Changed key={node.node_id} word="Gone" tone="bad" name={nameOf(node)} lines={[]} />
      ))}
      {defaults.length > 0 && <Changed word="Changed" tone="warn" name="Default parameters" lines={defaults} />}
    </ul>
  );
}

const nameOf = ({ node_id, title, class_type }: { node_id: string; title: string | null; class_type: string }) =>
  `${title || class_type} (node ${node_id})`;

function renamed({ title, title_before, class_type, class_type_before }: Changes["changed"][number]): InputChange[] {
  const told = (name: string, before: unknown, after: unknown) =>
    before === after ? [] : [{ name, before, after, is_new: false, is_gone: false }];
  return [...told("title", title_before ?? "", title ?? ""), ...told("class", class_type_before, class_type)];
}

interface ChangedProps {
  word: string;
  tone: Tone;
  name: string;
  lines: readonly InputChange[];
}

function Changed({ word, tone, name, lines }: ChangedProps) {
  return (
    <li className="rounded-md border border-line bg-raised p-2 text-sm">
      <p className="flex flex-wrap items-center gap-2">
        <Badge tone={tone}>{word}</Badge>
        <span className="min-w-0 break-words font-medium">{name}</span>
      </p>
      {lines.length > 0 && (
        <dl className="mt-1 grid grid-cols-[minmax(0,auto)_minmax(0,1fr)] gap-x-3 gap-y-1">
          {lines.map((line) => (
            <div key={line.name} className="contents">
              <dt className="break-words text-soft">{line.name}</dt>
              <dd className="whitespace-pre-wrap break-words">
                <Turn line={line} />
              </dd>
            </div>
          ))}
        </dl>
      )}
    </li>
  );
}

function Turn({ line: { is_new, is_gone, before, after } }: { line: InputChange }) {
  return (
    <>
      {!is_new && (
        <del className="text-soft">
          <LongText text={textOf(before) || "nothing"} />
        </del>
      )}
      {!is_new && !is_gone && " → "}
      {is_gone ? (
        <span className="text-bad"> (gone)</span>
      ) : (
        <ins className="font-medium no-underline">
          <LongText text={textOf(after) || "nothing"} />
        </ins>
      )}
    </>
  );
}
