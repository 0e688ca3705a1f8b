import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useSearchParams } from "react-router";
import type { Me } from "@/api/types";
import { LoadMore } from "@/ui/load-more";
import { Empty, Failed } from "@/ui/notice";
import { SkeletonList } from "@/ui/skeleton";
import { EntryRow } from "./entry-row";
import { type Choice, ChoiceFilter, DayFilter, Filters, PersonFilter, TextFilter, WorkspaceFilter } from "./filters";
import { auditOptions, type Entry } from "./queries";
import { ACTIONS, choiceOf } from "./sentences";
import { pageOf } from "./subjects";

const CHOICES = ACTIONS.map((action) => ({ value: action, label: choiceOf(action) }));

/** Who did what: of the whole server for its admins, else of the workspace. */
export function AuditLog({ me }: { me: Me }) {
  const [params] = useSearchParams();
  const isServerAdmin = me.role === "admin";
  const of = (name: string) => params.get(name) ?? "";
  const filter = {
    from: of("from"),
    to: of("to"),
    user: of("user"),
    action: of("action"),
    subject: of("subject"),
    workspace: of("workspace"),
  };
  const query = useInfiniteQuery({
    ...auditOptions(isServerAdmin ? null : me.workspace_id, filter),
    placeholderData: keepPreviousData,
  });
  const entries = query.data?.pages.flatMap((page) => page.data);
  return (
    <>
      <Filters>
        <DayFilter name="from" label="From" />
        <DayFilter name="to" label="To" />
        <PersonFilter />
        <ChoiceFilter name="action" label="What" all="Everything" choices={CHOICES} />
        <TextFilter name="subject" label="About" placeholder="id" />
        {isServerAdmin && <WorkspaceFilter me={me} others={workspacesIn(entries ?? [])} />}
      </Filters>
      {query.isError && (
        <Failed what="The log could not be read" error={query.error} onRetry={() => void query.refetch()} />
      )}
      {!entries && !query.isError && <SkeletonList rows={8} className="h-12" />}
      {entries && !query.isError && <Entries entries={entries} me={me} />}
      <LoadMore {...query} />
    </>
  );
}

function Entries({ entries, me }: { entries: readonly Entry[]; me: Me }) {
  if (entries.length === 0)
    return <Empty title="Nothing found" sentence="Nothing was recorded that meets these filters." />;
  const isServerAdmin = me.role === "admin";
  const viewpoint = { workspace_id: me.workspace_id, isServerAdmin };
  return (
    <ul aria-label="Audit log" className="divide-y divide-line rounded-xl border border-line bg-raised">
      {entries.map((entry) => (
        <EntryRow key={entry.id} entry={entry} page={pageOf(entry, viewpoint)} showsWorkspace={isServerAdmin} />
      ))}
    </ul>
  );
}

/** A server's admin also meets those that he is no member of. */
function workspacesIn(entries: readonly Entry[]): Choice[] {
  const known = new Map<string, string>();
  for (const { workspace_id, workspace_name } of entries)
    if (workspace_id !== null) known.set(workspace_id, workspace_name ?? workspace_id);
  return [...known].map(([value, label]) => ({ value, label }));
}
