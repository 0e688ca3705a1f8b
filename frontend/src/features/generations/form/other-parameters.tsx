import { ChevronDown, ChevronRight } from "lucide-react";
import { type ReactNode, useState } from "react";
import { Badge } from "@/ui/badge";
import { matching, SearchField } from "@/ui/search";
import { setPart, usePart } from "./panel-state";
import type { Shown } from "./parameters";
import { ParameterRow } from "./standard-parameters";
import type { Form } from "./use-form";

const FEW = 12;
const MOST_FOUND = 60;

/** Whatever else of the workflow can be set, by node. */
export function OtherParameters({ form }: { form: Form }) {
  const { others } = form.values;
  const [sought, setSought] = useState("");
  if (others.length === 0) return null;
  const found = matching(others, sought, toldOf);
  return (
    <Part name="All other parameters" byDefault={false} count={others.length} changed={countChanged(others)}>
      {others.length > FEW && (
        <SearchField
          label="Filter the parameters"
          placeholder="Filter by node or name"
          value={sought}
          onChange={setSought}
          className="mb-2 sm:max-w-xs"
        />
      )}
      <Found form={form} found={found} isSought={sought.trim() !== ""} />
    </Part>
  );
}

function Found({ form, found, isSought }: { form: Form; found: readonly Shown[]; isSought: boolean }) {
  if (found.length === 0) return <p className="text-soft text-sm">No parameter has that in its name.</p>;
  if (isSought) {
    return (
      <>
        <Rows form={form} rows={found.slice(0, MOST_FOUND)} withTitle />
        {found.length > MOST_FOUND && <p className="mt-1 text-soft text-xs">{found.length - MOST_FOUND} more</p>}
      </>
    );
  }
  return byNode(found).map(({ nodeId, title, rows }) => (
    <Part
      key={nodeId}
      name={title}
      byDefault={found.length <= FEW}
      count={rows.length}
      changed={countChanged(rows)}
      isSmall
    >
      <Rows form={form} rows={rows} />
    </Part>
  ));
}

const toldOf = ({ name, extracted }: Shown) => `${name} ${extracted.label} ${extracted.title}`;

const countChanged = (shown: readonly Shown[]) => shown.filter(({ isChanged }) => isChanged).length;

interface NodeRows {
  nodeId: string;
  title: string;
  rows: Shown[];
}

function byNode(shown: readonly Shown[]): NodeRows[] {
  const nodes = new Map<string, NodeRows>();
  for (const one of shown) {
    const { nodeId, title } = one.extracted;
    const node = nodes.get(nodeId) ?? { nodeId, title: `${title} (${nodeId})`, rows: [] };
    node.rows.push(one);
    nodes.set(nodeId, node);
  }
  return [...nodes.values()];
}

function Rows({ form, rows, withTitle = false }: { form: Form; rows: readonly Shown[]; withTitle?: boolean }) {
  return (
    <div className="grid gap-x-4 gap-y-1.5 sm:grid-cols-2 lg:grid-cols-3">
      {rows.map((shown) => (
        <div key={shown.name} className="min-w-0">
          {withTitle && <p className="truncate text-soft text-xs">{shown.extracted.title}</p>}
          <ParameterRow form={form} shown={shown} />
        </div>
      ))}
    </div>
  );
}

interface PartProps {
  name: string;
  byDefault: boolean;
  count: number;
  changed: number;
  isSmall?: boolean;
  children: ReactNode;
}

/** A part of the panel that folds away, and stays so. */
function Part({ name, byDefault, count, changed, isSmall = false, children }: PartProps) {
  const isOpen = usePart(name, byDefault);
  const Chevron = isOpen ? ChevronDown : ChevronRight;
  return (
    <section>
      <h3 className={isSmall ? "text-xs" : "text-sm"}>
        <button
          type="button"
          aria-expanded={isOpen}
          onClick={() => setPart(name, !isOpen)}
          className="-ml-1 flex min-h-8 max-w-full items-center gap-1.5 rounded px-1 hover:bg-hover"
        >
          <Chevron size={15} aria-hidden className="shrink-0" />
          <span className="truncate font-medium">{name}</span>
          <span className="text-soft text-xs">{count}</span>
          {changed > 0 && <Badge tone="accent">{changed} changed</Badge>}
        </button>
      </h3>
      {isOpen && <div className={isSmall ? "mt-0.5 mb-2 pl-5" : "mt-1"}>{children}</div>}
    </section>
  );
}
