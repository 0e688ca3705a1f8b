import { type KeyboardEvent, useRef, useState } from "react";
import type { WorkflowSummary } from "@/api/types";
import { RovingList } from "@/ui/roving-list";
import { matching, SearchField } from "@/ui/search";
import type { WorkflowAct } from "./actions";
import { WorkflowRow } from "./row";

interface ListProps {
  workflows: readonly WorkflowSummary[];
  chosenId: string | null;
  onChoose: (id: string) => void;
  onAct: (act: WorkflowAct, workflow: WorkflowSummary) => void;
}

/** Found by any part of the name; arrow down leads from the search into the list. */
export function WorkflowList({ workflows, chosenId, onChoose, onAct }: ListProps) {
  const box = useRef<HTMLDivElement>(null);
  const [search, setSearch] = useState("");
  const shown = matching(workflows, search, ({ name }) => name);

  const onKeyDown = (event: KeyboardEvent) => {
    const [first] = shown;
    if (event.key === "Enter" && first && search !== "") onChoose(first.id);
    if (event.key !== "ArrowDown") return;
    event.preventDefault();
    box.current?.querySelector<HTMLElement>('[data-row][tabindex="0"]')?.focus();
  };

  return (
    <div ref={box} className="flex min-h-0 flex-col gap-2">
      <SearchField
        label="Search workflows"
        placeholder="Search"
        value={search}
        onChange={setSearch}
        onKeyDown={onKeyDown}
      />
      {shown.length > 0 ? (
        <RovingList
          label="Workflows"
          rows={shown}
          currentId={chosenId}
          className="max-h-96 min-h-0"
          render={(workflow, tabIndex) => (
            <WorkflowRow
              workflow={workflow}
              isChosen={workflow.id === chosenId}
              tabIndex={tabIndex}
              onChoose={onChoose}
              onAct={onAct}
            />
          )}
        />
      ) : (
        <p role="status" className="px-2 py-6 text-center text-soft text-sm">
          {workflows.length === 0
            ? "There is no workflow yet. Import one that was exported from ComfyUI."
            : `No workflow has “${search.trim()}” in its name.`}
        </p>
      )}
    </div>
  );
}
