import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";
import type { SavedPrompt } from "@/api/types";
import { LateSearch } from "@/ui/late-search";
import { LoadMore } from "@/ui/load-more";
import { Failed } from "@/ui/notice";
import { SkeletonList } from "@/ui/skeleton";
import { CategorySelect } from "./category-select";
import { promptsOptions } from "./queries";

/** The library as a list to choose from, what is used most first. */
export function PickList({ onChoose }: { onChoose: (prompt: SavedPrompt) => void }) {
  const [q, setQ] = useState("");
  const [category, setCategory] = useState("");
  const { data, error, refetch, ...more } = useInfiniteQuery({
    ...promptsOptions({ q, category, sort: "used_count" }),
    placeholderData: keepPreviousData,
  });
  const prompts = data?.pages.flatMap((page) => page.data);
  return (
    <div className="flex min-h-80 flex-col gap-2">
      <div className="flex flex-wrap gap-2">
        <LateSearch
          label="Search prompts"
          placeholder="Search names and texts"
          value={q}
          onChange={setQ}
          className="min-w-0 flex-1 basis-40"
        />
        <CategorySelect category={category} onChange={setCategory} />
      </div>
      {!prompts && error && (
        <Failed what="The prompts could not be read" error={error} onRetry={() => void refetch()} />
      )}
      {!prompts && !error && <SkeletonList rows={4} className="h-14" />}
      <ul aria-label="Prompts" className="flex flex-col">
        {prompts?.map((prompt) => (
          <li key={prompt.id}>
            <button
              type="button"
              onClick={() => onChoose(prompt)}
              className="flex min-h-9 w-full flex-col gap-0.5 rounded-md px-2 py-1.5 text-left -outline-offset-2 hover:bg-hover"
            >
              <span className="line-clamp-1 break-all font-medium text-sm">{prompt.name}</span>
              <span className="line-clamp-2 break-words text-soft text-xs">{prompt.prompt_text}</span>
            </button>
          </li>
        ))}
      </ul>
      <p role="status" className="px-2 text-soft text-sm empty:hidden">
        {prompts?.length === 0 && (q !== "" || category !== "") ? "No prompt is like that." : ""}
      </p>
      {prompts?.length === 0 && q === "" && category === "" && (
        <p className="px-2 py-4 text-soft text-sm">
          The library is empty. Save a prompt beside its box, or write one on the page{" "}
          <Link to="/prompts" className="text-accent underline">
            Prompts
          </Link>
          .
        </p>
      )}
      <LoadMore {...more} />
    </div>
  );
}
