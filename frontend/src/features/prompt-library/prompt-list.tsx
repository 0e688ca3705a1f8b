import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useIsViewer } from "@/features/auth/me";
import { CategorySelect } from "@/features/prompts/category-select";
import { ORDERS, type PromptFilter, type PromptOrder, promptsOptions } from "@/features/prompts/queries";
import { counted } from "@/ui/amounts";
import { Select } from "@/ui/field";
import { LateSearch } from "@/ui/late-search";
import { LoadMore } from "@/ui/load-more";
import { Empty, Failed } from "@/ui/notice";
import { useParam } from "@/ui/param";
import { SkeletonList } from "@/ui/skeleton";
import { PromptCard } from "./prompt-card";

const isOrder = (name: string): name is PromptOrder => Object.hasOwn(ORDERS, name);

/** The library: searched by words, kept to a category, in the order that is wanted. */
export function PromptList() {
  const [q, setQ] = useParam("q");
  const [category, setCategory] = useParam("category");
  const [order, setOrder] = useParam("sort");
  const sort = isOrder(order) ? order : "name";
  return (
    <>
      <div className="flex flex-wrap gap-2">
        <LateSearch
          label="Search prompts"
          placeholder="Search names and texts"
          value={q}
          onChange={setQ}
          className="min-w-0 flex-1 basis-56"
        />
        <CategorySelect category={category} onChange={setCategory} />
        <Select
          aria-label="Order"
          value={sort}
          onChange={(event) => setOrder(event.target.value)}
          className="w-auto! max-sm:flex-1"
        >
          {Object.entries(ORDERS).map(([name, label]) => (
            <option key={name} value={name}>
              {label}
            </option>
          ))}
        </Select>
      </div>
      <Found filter={{ q, category, sort }} />
    </>
  );
}

function Found({ filter }: { filter: PromptFilter }) {
  const { data, error, refetch, ...more } = useInfiniteQuery({
    ...promptsOptions(filter),
    placeholderData: keepPreviousData,
  });
  const isViewer = useIsViewer();
  if (!data && error)
    return <Failed what="The prompts could not be read" error={error} onRetry={() => void refetch()} />;
  if (!data) return <SkeletonList rows={4} className="h-32" />;
  const prompts = data.pages.flatMap((page) => page.data);
  const isSought = filter.q !== "" || filter.category !== "";
  if (prompts.length === 0 && !isSought) return <NoPrompts isViewer={isViewer} />;
  return (
    <>
      <p role="status" className="text-soft text-sm">
        {toldOf(data.pages[0]?.pagination.total ?? 0, isSought)}
      </p>
      <ul aria-label="Prompts" className="grid grid-cols-[minmax(0,1fr)] items-start gap-3 lg:grid-cols-2">
        {prompts.map((prompt) => (
          <PromptCard key={prompt.id} prompt={prompt} isFixed={isViewer} />
        ))}
      </ul>
      <LoadMore {...more} />
    </>
  );
}

function toldOf(total: number, isSought: boolean): string {
  if (total === 0) return "No prompt is like that.";
  return `${counted(total, "prompt")}${isSought ? " found" : ""}`;
}

function NoPrompts({ isViewer }: { isViewer: boolean }) {
  const hint = isViewer ? "" : " Write one here, or save one from ComfyUI’s prompt box.";
  return <Empty title="No prompts yet" sentence={`Prompts that are worth using again are kept here.${hint}`} />;
}
