import { type ReactNode, useId } from "react";

interface PanelProps {
  title: string;
  aside?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}

/** A part of the dashboard, under a heading. */
export function Panel({ title, aside, actions, children }: PanelProps) {
  const id = useId();
  return (
    <section aria-labelledby={id} className="flex min-w-0 flex-col gap-3">
      <header className="flex flex-wrap items-baseline gap-x-3">
        <h2 id={id} className="font-semibold text-lg">
          {title}
        </h2>
        <span className="text-soft text-sm">{aside}</span>
        {actions && <div className="-my-2 ml-auto">{actions}</div>}
      </header>
      {children}
    </section>
  );
}
