import { clsx } from "clsx";
import type { ReactNode } from "react";
import { usePageTitle } from "./title";

interface PageProps {
  title: string;
  aside?: ReactNode;
  actions?: ReactNode;
  wide?: boolean;
  children: ReactNode;
}

/** A page that scrolls as a whole, under its heading; `wide` is for grids of pictures and broad tables. */
export function Page({ title, aside, actions, wide = false, children }: PageProps) {
  usePageTitle(title);
  return (
    <div className="h-full overflow-y-auto">
      <div className={clsx("mx-auto flex flex-col gap-4 p-4 sm:p-6", wide ? "max-w-[110rem]" : "max-w-5xl")}>
        <header className="flex flex-wrap items-center gap-x-4 gap-y-2">
          <h1 className="font-semibold text-xl">{title}</h1>
          {aside && <div className="text-soft text-sm">{aside}</div>}
          {actions && <div className="ml-auto flex flex-wrap items-center gap-2">{actions}</div>}
        </header>
        {children}
      </div>
    </div>
  );
}
