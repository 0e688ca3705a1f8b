import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { LoadMore } from "@/ui/load-more";
import { Empty, Failed } from "@/ui/notice";
import { useParam } from "@/ui/param";
import { SkeletonList } from "@/ui/skeleton";
import { asType, type TaskType, TYPES } from "../task";
import { ResultCard } from "./card";
import { resultsOptions } from "./queries";

/** All that tasks have made, newest first. */
export function ResultList() {
  const [word] = useParam("type");
  const type = asType(word);
  const query = useInfiniteQuery(resultsOptions(type));
  const { data, error, refetch } = query;
  if (!data && error)
    return <Failed what="The results could not be read" error={error} onRetry={() => void refetch()} />;
  if (!data) return <SkeletonList rows={4} className="h-40" />;
  const rows = [...new Map(data.pages.flatMap((page) => page.rows).map((row) => [row.id, row])).values()];
  if (rows.length === 0) return <Nothing type={type} />;
  const total = data.pages[0]?.total ?? rows.length;
  return (
    <>
      <p role="status" className="text-soft text-sm">
        {total === 1 ? "1 result" : `${total.toLocaleString()} results`}
      </p>
      <ul aria-label="Results" className="grid gap-4 lg:grid-cols-2">
        {rows.map((result) => (
          <ResultCard key={result.id} result={result} />
        ))}
      </ul>
      <LoadMore {...query} />
    </>
  );
}

function Nothing({ type }: { type: TaskType | null }) {
  if (type !== null)
    return <Empty title="Nothing found" sentence={`No task has made ${TYPES[type].label.toLowerCase()} yet.`} />;
  return (
    <Empty title="No results yet" sentence="What your tasks make stands here: texts, pictures, speech and videos.">
      <Link to="/tasks?new=1" className="font-medium text-accent underline">
        Make a task
      </Link>
    </Empty>
  );
}
