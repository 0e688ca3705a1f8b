import { useMemo, useState } from "react";
import { matching, SearchField } from "@/ui/search";
import { byNode, classesOf, type NodeShown } from "./by-node";
import type { Shown } from "./parameters";
import { Part } from "./part";
import { ParameterRow } from "./standard-parameters";
import { type Form, setValue } from "./use-form";

const FEW = 12;
const MOST_FOUND = 60;
/** A workflow with so few of the usual parameters is set by its own. */
const UNUSUAL = 3;

/** Whatever else of the workflow can be set, by node: of a graph that nobody has seen before, all. */
export function OtherParameters({ form }: { form: Form }) {
  const { others, standard } = form.values;
  const [sought, setSought] = useState("");
  const [isChangedOnly, setChangedOnly] = useState(false);
  const { workflow_json } = form.workflow;
  const classes = useMemo(() => classesOf(workflow_json), [workflow_json]);
  if (others.length === 0) return null;
  const changed = countChanged(others);
  const wanted = isChangedOnly && changed > 0 ? others.filter((one) => one.isChanged) : others;
  const found = matching(wanted, sought, (one) => toldOf(one, classes));
  return (
    <Part name="All other parameters" byDefault={standard.size < UNUSUAL} count={others.length} changed={changed}>
      {others.length > FEW && (
        <div className="mb-2 flex flex-wrap items-center gap-x-4 gap-y-2">
          <SearchField
            label="Filter the parameters"
            placeholder="Filter by node, class or name"
            value={sought}
            onChange={setSought}
            className="sm:max-w-xs"
          />
          {changed > 0 && (
            <label className="flex min-h-9 items-center gap-2 text-sm">
              <input
                type="checkbox"
                checked={isChangedOnly}
                onChange={(event) => setChangedOnly(event.target.checked)}
                className="accent-accent"
              />
              Only what is changed
            </label>
          )}
        </div>
      )}
      <Found form={form} found={found} classes={classes} isNarrow={sought.trim() !== "" || wanted !== others} />
    </Part>
  );
}

interface FoundProps {
  form: Form;
  found: readonly Shown[];
  classes: ReadonlyMap<string, string>;
  /** Few enough to show them all at once. */
  isNarrow: boolean;
}

function Found({ form, found, classes, isNarrow }: FoundProps) {
  if (found.length === 0) return <p className="text-soft text-sm">No parameter has that in its name.</p>;
  const shown = isNarrow ? found.slice(0, MOST_FOUND) : found;
  const nodes = byNode(shown, classes);
  return (
    <>
      {nodes.map((node) =>
        isNarrow ? (
          <FoundNode key={node.nodeId} form={form} node={node} />
        ) : (
          <NodePart key={node.nodeId} form={form} node={node} isOpen={found.length <= FEW || nodes.length === 1} />
        ),
      )}
      {found.length > shown.length && (
        <p className="mt-1 text-soft text-xs">{found.length - shown.length} more; type more to find them.</p>
      )}
    </>
  );
}

function FoundNode({ form, node }: { form: Form; node: NodeShown }) {
  return (
    <section className="mb-2">
      <h3 className="text-xs">
        <span className="font-medium">{node.title}</span> <span className="text-soft">{aboutOf(node)}</span>
      </h3>
      <Rows form={form} rows={node.rows} />
    </section>
  );
}

function NodePart({ form, node, isOpen }: { form: Form; node: NodeShown; isOpen: boolean }) {
  const changed = node.rows.filter((one) => one.isChanged);
  const reset = () => {
    for (const { extracted } of changed) setValue(form.key, extracted, undefined);
  };
  return (
    <Part
      name={node.title}
      about={aboutOf(node)}
      byDefault={isOpen}
      count={node.rows.length}
      changed={changed.length}
      isSmall
      actions={
        <>
          {!node.isKnown && <span className="text-warn text-xs">not on this ComfyUI</span>}
          {changed.length > 0 && (
            <button
              type="button"
              onClick={reset}
              aria-label={`Reset all of ${node.title}`}
              className="min-h-9 rounded px-2 text-accent text-xs hover:bg-hover"
            >
              Reset
            </button>
          )}
        </>
      }
    >
      <Rows form={form} rows={node.rows} />
    </Part>
  );
}

const aboutOf = ({ classType, nodeId }: NodeShown) => (classType === null ? nodeId : `${classType}, ${nodeId}`);

const toldOf = ({ name, extracted }: Shown, classes: ReadonlyMap<string, string>) =>
  `${name} ${extracted.label} ${extracted.title} ${classes.get(extracted.nodeId) ?? ""}`;

const countChanged = (shown: readonly Shown[]) => shown.filter(({ isChanged }) => isChanged).length;

function Rows({ form, rows }: { form: Form; rows: readonly Shown[] }) {
  return (
    <div className="grid gap-x-4 gap-y-1.5 sm:grid-cols-2 lg:grid-cols-3">
      {rows.map((shown) => (
        <div key={shown.name} className="min-w-0">
          <ParameterRow form={form} shown={shown} />
        </div>
      ))}
    </div>
  );
}
