import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { clsx } from "clsx";
import { ArrowUp } from "lucide-react";
import { type RefObject, useEffect, useMemo } from "react";
import { Button } from "@/ui/button";
import { Empty, Failed } from "@/ui/notice";
import { Skeleton } from "@/ui/skeleton";
import { deleteChosen } from "./bulk";
import { activeOf } from "./filters";
import { Grid } from "./grid";
import { useNews } from "./news";
import { OpenedPicture, useOpened } from "./opened";
import { foundOptions } from "./queries";
import { useSelection } from "./selection";
import { SelectionBar } from "./selection-bar";
import { Total } from "./total";
import type { Search } from "./use-filters";

const BEFORE_END_PX = 1_500;

interface FoundProps {
  search: Search;
  scroller: RefObject<HTMLElement | null>;
}

/** The pictures that the search has found, more of them as one scrolls. */
export function Found({ search, scroller }: FoundProps) {
  const { filters, sort, clear } = search;
  const found = useInfiniteQuery({ ...foundOptions(filters, sort), placeholderData: keepPreviousData });
  const pages = found.isPlaceholderData ? undefined : found.data?.pages;
  const rows = useMemo(() => uniqueRows(found.data?.pages ?? []), [found.data]);
  const news = useNews(search, rows, pages);
  const order = useMemo(() => rows.map(({ id }) => id), [rows]);
  const selection = useSelection(order);
  const opened = useOpened();
  useMoreNearEnd(scroller, found);

  const hasFilters = activeOf(filters).length > 0;
  if (found.error && !found.data) {
    return (
      <div className="flex flex-col items-center">
        <Failed what="Nothing can be shown" error={found.error} onRetry={() => void found.refetch()} />
        {hasFilters && <Button onClick={clear}>Clear all filters</Button>}
      </div>
    );
  }
  if (!found.data) return <Waiting />;
  const chosen = rows.filter(({ id }) => selection.ids.has(id));
  const remove = () => void deleteChosen(chosen, selection.clear);
  const showNews = () => {
    news.show();
    scroller.current?.scrollTo({ top: 0 });
  };
  return (
    <div className={clsx("flex flex-col gap-3", found.isPlaceholderData && "opacity-60")} aria-busy={found.isFetching}>
      <Total total={pages && news.total} filters={filters} />
      {news.count > 0 && (
        <Button look="strong" onClick={showNews} className="sticky top-2 z-10 self-center rounded-full shadow-lg">
          <ArrowUp size={16} aria-hidden />
          {news.count === news.total?.limit ? `${news.count}+` : news.count} new
        </Button>
      )}
      {rows.length === 0 ? (
        <Nothing hasFilters={hasFilters} onClear={clear} />
      ) : (
        <Grid
          rows={rows}
          isPassing={found.isPlaceholderData}
          scroller={scroller}
          selection={selection}
          onOpen={opened.open}
          onDelete={remove}
        />
      )}
      {found.isFetchingNextPage && <p className="py-2 text-center text-soft text-sm">Loading more…</p>}
      {found.isFetchNextPageError && (
        <Button onClick={() => void found.fetchNextPage()} className="self-center">
          More cannot be loaded. Try again
        </Button>
      )}
      <SelectionBar rows={chosen} shown={order} selection={selection} onDelete={remove} />
      <OpenedPicture
        opened={opened}
        rows={rows}
        hasMore={found.hasNextPage}
        onNearEnd={() => void (found.isFetching || found.fetchNextPage())}
      />
    </div>
  );
}

function Nothing({ hasFilters, onClear }: { hasFilters: boolean; onClear: () => void }) {
  if (!hasFilters)
    return <Empty title="No pictures yet" sentence="What is made on the ComfyUI page comes together here." />;
  return (
    <Empty title="Nothing is like this" sentence="Take away a filter, or look for other words.">
      <Button onClick={onClear}>Clear all filters</Button>
    </Empty>
  );
}

function Waiting() {
  return (
    <div role="status" aria-label="Loading" className="grid grid-cols-2 gap-2 sm:grid-cols-3 lg:grid-cols-5">
      {Array.from({ length: 15 }, (_, tile) => tile).map((tile) => (
        <Skeleton key={tile} className="h-44" />
      ))}
    </div>
  );
}

/** Pages of one cursor do not overlap, unless a row has changed its place meanwhile. */
function uniqueRows<Row extends { id: string }>(pages: readonly { data: readonly Row[] }[]): Row[] {
  return [...new Map(pages.flatMap(({ data }) => data).map((row) => [row.id, row])).values()];
}

type Paging = Pick<
  ReturnType<typeof useInfiniteQuery>,
  "hasNextPage" | "isFetching" | "isFetchNextPageError" | "fetchNextPage"
>;

function useMoreNearEnd(scroller: RefObject<HTMLElement | null>, paging: Paging): void {
  const { hasNextPage, isFetching, isFetchNextPageError, fetchNextPage } = paging;
  const canGoOn = hasNextPage && !isFetching && !isFetchNextPageError;
  useEffect(() => {
    const view = scroller.current;
    if (!view || !canGoOn) return;
    const look = () => {
      if (view.scrollHeight - view.scrollTop - view.clientHeight < BEFORE_END_PX) void fetchNextPage();
    };
    look();
    view.addEventListener("scroll", look, { passive: true });
    return () => view.removeEventListener("scroll", look);
  }, [scroller, canGoOn, fetchNextPage]);
}
