import { Link } from "react-router";
import { Empty, Failed } from "@/ui/notice";
import { SkeletonList } from "@/ui/skeleton";
import type { Opened } from "./open-conversation";
import { Start } from "./start";

/** Where no conversation is shown: the beginning of a new one, or why there is none. */
export function WithoutThread({ isNew, isMissing, error, retry }: Opened) {
  if (isNew) return <Start />;
  if (isMissing) {
    return (
      <Empty title="This conversation is not here" sentence="It was deleted, or it is in another workspace.">
        <Link to="/chat" className="text-accent underline">
          Begin a new one
        </Link>
      </Empty>
    );
  }
  if (error) return <Failed what="The conversation could not be read" error={error} onRetry={() => void retry()} />;
  return <SkeletonList rows={4} className="mx-auto mt-5 h-20 max-w-3xl" />;
}
