import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { messageOf } from "@/api/failure";
import { tagsOptions } from "@/features/generations/marks/tags";
import { Button } from "@/ui/button";
import { SkeletonList } from "@/ui/skeleton";
import { activeOf, toggled } from "../filters";
import { facetsOptions } from "../queries";
import type { Search } from "../use-filters";
import { FacetList } from "./facet-list";
import { STATUS_CHOICES } from "./words";

/** What the found ones are of, with how many each; one click narrows the list, another takes that back. */
export function FacetLists({ search }: { search: Search }) {
  const { filters, change } = search;
  const { data: facets, error, refetch } = useQuery({ ...facetsOptions(filters), placeholderData: keepPreviousData });
  const { data: tags = [] } = useQuery(tagsOptions);
  /** Tags are counted in the whole library. */
  const isWhole = activeOf(filters).length === 0;
  const toggle = (name: string) => (value: string) => change(toggled(filters, name, value));
  const chosen = (name: string) => [filters[name] ?? []].flat();
  const size = sizeOf(search);
  const statuses = facets?.status;
  const countOf = (status: string) => statuses && (statuses.find(({ value }) => value === status)?.count ?? 0);
  return (
    <>
      {error && (
        <div role="alert" className="flex flex-col items-start gap-1 text-soft text-sm">
          <p>The counts cannot be shown. {messageOf(error)}</p>
          <Button onClick={() => void refetch()}>Try again</Button>
        </div>
      )}
      {!facets && !error && <SkeletonList rows={6} className="h-8" />}
      <FacetList
        label="Status"
        choices={STATUS_CHOICES.map((choice) => ({ ...choice, count: countOf(choice.value) }))}
        chosen={chosen("status")}
        onToggle={toggle("status")}
      />
      <FacetList
        label="Tags"
        choices={tags.map(({ tag, count }) => ({ value: tag, count: isWhole ? count : undefined }))}
        chosen={chosen("tag")}
        onToggle={toggle("tag")}
      />
      <FacetList
        label="Checkpoint"
        choices={facets?.checkpoint ?? []}
        chosen={chosen("checkpoint")}
        onToggle={toggle("checkpoint")}
      />
      <FacetList
        label="Size"
        choices={(facets?.size ?? []).map((one) => ({ ...one, label: one.value.replace("x", " × ") }))}
        chosen={size === null ? [] : [size]}
        onToggle={(value) => {
          const [width = "", height = ""] = value.split("x");
          change(value === size ? { width: null, height: null } : { width, height });
        }}
      />
      <FacetList
        label="Sampler"
        choices={facets?.sampler ?? []}
        chosen={chosen("sampler")}
        onToggle={toggle("sampler")}
      />
    </>
  );
}

function sizeOf({ filters: { width, height } }: Search): string | null {
  return width === undefined || height === undefined ? null : `${width}x${height}`;
}
