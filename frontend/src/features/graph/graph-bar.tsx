import { List, Workflow } from "lucide-react";
import { Button } from "@/ui/button";
import { SearchField } from "@/ui/search";

export type Look = "graph" | "list";

interface GraphBarProps {
  look: Look;
  onLook: (look: Look) => void;
  sought: string;
  onSeek: (sought: string) => void;
  /** To the next node that was found. */
  onNext: () => void;
  told: string;
}

const LOOKS = [
  { look: "graph", label: "Graph", Icon: Workflow },
  { look: "list", label: "List", Icon: List },
] as const;

/** How the workflow is shown, and the search for a node. */
export function GraphBar({ look, onLook, sought, onSeek, onNext, told }: GraphBarProps) {
  return (
    <div className="flex flex-wrap items-center gap-2 border-line border-b px-3 py-1.5">
      <SearchField
        label="Find a node"
        placeholder="Find a node"
        value={sought}
        onChange={onSeek}
        onKeyDown={(event) => event.key === "Enter" && onNext()}
        className="max-w-64 max-sm:basis-full max-sm:max-w-none"
      />
      <span role="status" className="text-soft text-sm tabular-nums">
        {told}
      </span>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset would want a legend and a border. */}
      <div role="group" aria-label="Shown as" className="ml-auto flex">
        {LOOKS.map(({ look: one, label, Icon }) => (
          <Button
            key={one}
            look="quiet"
            aria-pressed={look === one}
            onClick={() => onLook(one)}
            className={look === one ? "bg-hover" : "text-soft"}
          >
            <Icon size={16} aria-hidden />
            {label}
          </Button>
        ))}
      </div>
    </div>
  );
}
