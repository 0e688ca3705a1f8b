import { ChevronDown, ChevronRight } from "lucide-react";
import type { ReactNode } from "react";
import { Badge } from "@/ui/badge";
import { setPart, usePart } from "./panel-state";

interface PartProps {
  name: string;
  /** Beside the name, in small. */
  about?: string;
  byDefault: boolean;
  count: number;
  changed: number;
  isSmall?: boolean;
  actions?: ReactNode;
  children: ReactNode;
}

/** A part of the panel that folds away, and stays so. */
export function Part({ name, about, byDefault, count, changed, isSmall = false, actions, children }: PartProps) {
  const key = [name, about].filter(Boolean).join(" ");
  const isOpen = usePart(key, byDefault);
  const Chevron = isOpen ? ChevronDown : ChevronRight;
  return (
    <section>
      <div className="flex flex-wrap items-center gap-x-2">
        <h3 className={isSmall ? "min-w-0 text-xs" : "min-w-0 text-sm"}>
          <button
            type="button"
            aria-expanded={isOpen}
            onClick={() => setPart(key, !isOpen)}
            className="-ml-1 flex min-h-9 max-w-full items-center gap-1.5 rounded px-1 hover:bg-hover"
          >
            <Chevron size={15} aria-hidden className="shrink-0" />
            <span className="truncate font-medium">{name}</span>
            {about && <span className="truncate text-soft text-xs">{about}</span>}
            <span className="text-soft text-xs">{count}</span>
            {changed > 0 && <Badge tone="accent">{changed} changed</Badge>}
          </button>
        </h3>
        {actions}
      </div>
      {isOpen && <div className={isSmall ? "mt-0.5 mb-2 pl-5" : "mt-1"}>{children}</div>}
    </section>
  );
}
