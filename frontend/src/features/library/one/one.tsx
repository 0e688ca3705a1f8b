import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { Link } from "react-router";
import { ApiFailure } from "@/api/failure";
import { useMay } from "@/features/auth/me";
import { MayWrite } from "@/features/generations/cards/action-button";
import { JsonView } from "@/features/generations/cards/json-view";
import { nameOf } from "@/features/generations/cards/shown";
import { enterRoom } from "@/live/socket";
import { Empty, Failed } from "@/ui/notice";
import { Page } from "@/ui/page";
import { SkeletonList } from "@/ui/skeleton";
import { generationOptions } from "../queries";
import { keepFoundTrue } from "../upkeep";
import { OneActions } from "./actions";
import { Contents } from "./contents";
import { OwnLargeView } from "./own-large-view";

const MISSING = new Set([404, 422]);

/** One generation with all that is kept of it, followed while it goes on. */
export function One({ id }: { id: string }) {
  const { data: row, error, refetch } = useQuery(generationOptions(id));
  const mayWrite = useMay("write");
  useEffect(() => keepFoundTrue(), []);
  useEffect(() => enterRoom("generation", id), [id]);
  if (error instanceof ApiFailure && MISSING.has(error.status)) {
    return (
      <Page title="Generation">
        <Empty title="There is no such generation" sentence="It is deleted, or the address is mistyped.">
          <Link to="/library" className="text-accent underline">
            To the library
          </Link>
        </Empty>
      </Page>
    );
  }
  if (!row) {
    return (
      <Page title="Generation">
        {error ? (
          <Failed what="The generation cannot be shown" error={error} onRetry={() => void refetch()} />
        ) : (
          <SkeletonList rows={4} className="h-40" />
        )}
      </Page>
    );
  }
  return (
    <MayWrite value={mayWrite}>
      <Page title={nameOf(row) === "without a prompt" ? "Generation" : nameOf(row)} wide>
        <OneActions row={row} />
        <Contents row={row} />
      </Page>
      <OwnLargeView row={row} />
      <JsonView />
    </MayWrite>
  );
}
