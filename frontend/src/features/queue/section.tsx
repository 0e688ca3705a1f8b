import { type ComponentProps, type ReactNode, useId } from "react";

interface QueueSectionProps {
  title: string;
  count: number;
  /** Said where there is nothing. */
  none: string;
  children: ReactNode;
}

export function QueueSection({ title, count, none, children }: QueueSectionProps) {
  const id = useId();
  return (
    <section aria-labelledby={id} className="flex min-w-0 flex-col gap-2">
      <h2 id={id} className="font-semibold">
        {title} <span className="font-normal text-soft tabular-nums">{count.toLocaleString()}</span>
      </h2>
      {count === 0 ? (
        <p className="rounded-lg border border-line border-dashed p-4 text-soft text-sm">{none}</p>
      ) : (
        children
      )}
    </section>
  );
}

interface QueueListProps extends Pick<ComponentProps<"ul">, "onFocus" | "onBlur"> {
  label: string;
  isOrdered?: boolean;
  children: ReactNode;
}

export function QueueList({ label, isOrdered = false, ...rest }: QueueListProps) {
  const List = isOrdered ? "ol" : "ul";
  return (
    <List
      aria-label={label}
      className="divide-y divide-line rounded-lg border border-line bg-raised"
      {...(rest as ComponentProps<"ul"> & ComponentProps<"ol">)}
    />
  );
}
