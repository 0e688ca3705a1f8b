import { Link, useLocation } from "react-router";
import { ProgressBar } from "@/ui/progress-bar";
import { usePulls } from "./pulls";

/** On every page but that of the models: which downloads go on. */
export function PullDock() {
  const running = usePulls(({ pulls }) => pulls).filter(({ state }) => state === "running");
  const { pathname } = useLocation();
  if (running.length === 0 || pathname === "/models") return null;
  return (
    <aside
      aria-label="Downloads"
      className="fixed right-3 bottom-3 z-30 flex w-64 max-w-[calc(100vw-1.5rem)] flex-col gap-2 rounded-lg border border-line bg-raised p-3 text-sm shadow-lg max-sm:bottom-16"
    >
      {running.map(({ id, name, progress }) => (
        <div key={id} className="flex flex-col gap-1">
          <p className="flex gap-2">
            <Link to="/models" className="min-w-0 flex-1 truncate hover:underline">
              {name}
            </Link>
            <span className="text-soft tabular-nums">{progress.percent} %</span>
          </p>
          <ProgressBar label={`Download of ${name}`} percent={progress.percent} text={`${progress.percent} %`} />
        </div>
      ))}
    </aside>
  );
}
