import { useEffect } from "react";
import { useLocation, useNavigate } from "react-router";

/**
 * The token of a link (`#token=…`). It leaves the address bar at once and lives on in the state of this entry of the
 * browser's history, so that loading the page again does not lose it.
 */
export function useLinkToken(): string | null {
  const { hash, pathname, state } = useLocation();
  const navigate = useNavigate();
  const shown = new URLSearchParams(hash.slice(1)).get("token");
  useEffect(() => {
    if (shown) navigate(pathname, { replace: true, state: { token: shown } });
  }, [shown, pathname, navigate]);
  return shown ?? tokenIn(state);
}

function tokenIn(state: unknown): string | null {
  const token = typeof state === "object" && state !== null && "token" in state ? state.token : null;
  return typeof token === "string" ? token : null;
}
