import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { Navigate, Outlet, useLocation } from "react-router";
import { isSignedIn, openAccess, useAccess } from "@/api/access";
import { followOtherTabs } from "@/features/auth/other-tabs";
import { Failed } from "@/ui/notice";
import { Skeleton } from "@/ui/skeleton";

const RETRY_MS = 2_000;

const accessOptions = {
  queryKey: ["access"],
  queryFn: () => openAccess().then(() => true),
  retry: true,
  retryDelay: RETRY_MS,
  staleTime: Number.POSITIVE_INFINITY,
  meta: { upkeep: "own" },
} as const;

/** Knows how one comes in before anything else is asked of the server; keeps asking while it starts. */
export function Opening() {
  const { isSuccess, failureReason, refetch } = useQuery(accessOptions);
  useEffect(followOtherTabs, []);
  if (isSuccess) return <Outlet />;
  if (failureReason === null) return <Skeleton className="m-6 h-10" />;
  const sentence = new Error("The server does not answer yet. Check that it runs; this page tries again by itself.");
  return <Failed what="Spoon Feeder is not there" error={sentence} onRetry={() => void refetch()} />;
}

/** Lets in whoever is signed in, and the local owner; sends all others to the sign-in, and back afterwards. */
export function Gate() {
  const isIn = useAccess(isSignedIn);
  const { pathname, search } = useLocation();
  if (isIn) return <Outlet />;
  return <Navigate to="/login" replace state={{ from: pathname + search }} />;
}
