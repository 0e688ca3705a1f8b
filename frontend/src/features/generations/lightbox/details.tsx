import type { Generation } from "@/api/types";
import { RelativeTime } from "@/ui/relative-time";
import { Facts } from "../cards/facts";
import { PromptText } from "../cards/prompt-text";

/** What made the picture. */
export function Details({ row }: { row: Generation }) {
  return (
    <aside
      aria-label="Parameters"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and a keyboard must reach that.
      tabIndex={0}
      className="flex flex-col gap-3 overflow-y-auto border-line bg-raised p-4 max-md:max-h-[40%] max-md:border-t md:w-80 md:border-l"
    >
      <PromptText key={row.id} row={row} />
      <Facts key={`${row.id} facts`} row={row} />
      <p className="text-soft text-sm">
        <RelativeTime at={row.created_at} />
      </p>
    </aside>
  );
}
