import { Link, useSearchParams } from "react-router";
import { RelativeTime } from "@/ui/relative-time";
import type { Entry } from "./queries";
import { doneIn, factsOf } from "./sentences";

interface EntryRowProps {
  entry: Entry;
  /** The page of what it is about. */
  page: string | null;
  /** Where the log is that of the whole server. */
  showsWorkspace: boolean;
}

const LINK = "inline-flex min-h-9 items-center text-accent text-sm underline";

export function EntryRow({ entry, page, showsWorkspace }: EntryRowProps) {
  const { at, user_name, user_email, api_key_id, workspace_name, peer, subject_id } = entry;
  const facts = [
    ...factsOf(entry),
    ...(showsWorkspace && workspace_name ? [`in ${workspace_name}`] : []),
    ...(peer ? [`from ${peer}`] : []),
    ...(api_key_id ? ["by API key"] : []),
  ];
  return (
    <li className="flex flex-wrap items-center gap-x-4 px-3 py-2 sm:px-4">
      <div className="min-w-0 flex-1 basis-64">
        <p className="break-words text-sm">
          <strong className="font-semibold" title={user_email ?? ""}>
            {user_name ?? "Somebody"}
          </strong>{" "}
          {doneIn(entry)}
        </p>
        <p className="break-words text-soft text-xs">
          <RelativeTime at={at} />
          {facts.length > 0 && ` · ${facts.join(" · ")}`}
        </p>
      </div>
      <div className="flex gap-4">
        {page && (
          <Link to={page} className={LINK}>
            Open it
          </Link>
        )}
        {subject_id && <SameSubject id={subject_id} />}
      </div>
    </li>
  );
}

/** Narrows the log to what was done with the same thing. */
function SameSubject({ id }: { id: string }) {
  const [params] = useSearchParams();
  if (params.get("subject") === id) return null;
  return (
    <Link to={`?${new URLSearchParams({ ...Object.fromEntries(params), subject: id })}`} className={LINK}>
      All about it
    </Link>
  );
}
