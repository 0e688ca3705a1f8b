import { clsx } from "clsx";
import type { ComponentProps, ReactNode } from "react";

interface TableProps {
  /** What it lists, for those who do not see its heading. */
  label: string;
  head: readonly string[];
  children: ReactNode;
}

/** Rows of `Cell`s. Where it is broader than the window it scrolls in itself, never the page. */
export function Table({ label, head, children }: TableProps) {
  return (
    <section
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard (WCAG 2.1.1).
      tabIndex={0}
      className="overflow-x-auto rounded-lg border border-line bg-raised"
    >
      <table aria-label={label} className="w-full text-left text-sm">
        <thead className="border-line border-b text-soft text-xs">
          <tr>
            {head.map((name) => (
              <th key={name} scope="col" className="whitespace-nowrap px-3 py-2 font-medium">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </section>
  );
}

export function Row({ className, ...rest }: ComponentProps<"tr">) {
  return <tr {...rest} className={clsx("border-line border-b last:border-b-0 hover:bg-hover/50", className)} />;
}

export function Cell({ className, ...rest }: ComponentProps<"td">) {
  return <td {...rest} className={clsx("px-3 py-2 align-middle", className)} />;
}
