import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";
import { useLocation, useNavigate, useSearchParams } from "react-router";
import type { Generation } from "@/api/types";
import { LargeView } from "@/features/generations/lightbox/large-view";
import { find, type Place, type Shot, shotsOf } from "@/features/generations/lightbox/place";
import { withChange } from "./filters";
import { focusStop } from "./grid";
import { generationOptions } from "./queries";

const SOON = 6;

interface Opened {
  place: Place | null;
  open: (row: Generation) => void;
  go: (place: Place) => void;
  close: () => void;
}

/** The picture that is looked at stands in the address, so that "back" closes it and a sent link opens it. */
export function useOpened(): Opened {
  const [params, setParams] = useSearchParams();
  const { state } = useLocation();
  const navigate = useNavigate();
  const show = (place: Place, isFirst: boolean) =>
    setParams((now) => withChange(now, { picture: `${place.id}.${place.index}` }), {
      replace: !isFirst,
      state: isFirst ? { isOpened: true } : state,
    });
  return {
    place: placeOf(params.get("picture")),
    open: (row) => {
      const [first] = shotsOf([row]);
      if (first) show({ id: row.id, index: first.output.index }, true);
      else navigate(`/generations/${row.id}`);
    },
    go: (place) => show(place, false),
    close: () => {
      if (isOpened(state)) navigate(-1);
      else setParams((now) => withChange(now, { picture: null }), { replace: true });
    },
  };
}

const isOpened = (state: unknown) => typeof state === "object" && state !== null && "isOpened" in state;

function placeOf(picture: string | null): Place | null {
  const [id, index] = picture?.split(".") ?? [];
  return id === undefined || id === "" ? null : { id, index: Number(index) || 0 };
}

interface OpenedPictureProps {
  opened: Opened;
  rows: readonly Generation[];
  hasMore: boolean;
  onNearEnd: () => void;
}

export function OpenedPicture({ opened, ...rest }: OpenedPictureProps) {
  return opened.place && <Large {...rest} opened={opened} place={opened.place} />;
}

function Large({ opened, rows, hasMore, onNearEnd, place }: OpenedPictureProps & { place: Place }) {
  const known = useMemo(() => shotsOf(rows), [rows]);
  const at = find(known, place);
  const single = useQuery({ ...generationOptions(place.id), enabled: at < 0 });
  const alone = useMemo(() => (single.data ? shotsOf([single.data]) : []), [single.data]);
  const isNearEnd = at >= 0 && at > known.length - SOON && hasMore;
  useEffect(() => {
    if (isNearEnd) onNearEnd();
  }, [isNearEnd, onNearEnd]);
  const shots: readonly Shot[] = at >= 0 ? known : alone;
  if (at < 0 && single.isPending) return null;
  return (
    <LargeView
      shots={shots}
      place={place}
      hasMore={at >= 0 && hasMore}
      onPlace={opened.go}
      onClose={opened.close}
      onFocusLost={() => focusTile(place.id)}
    />
  );
}

/** Of what was looked at last, else wherever the tab key comes in. */
function focusTile(id: string): void {
  const tile = document.querySelector<HTMLElement>(`[data-tile="${CSS.escape(id)}"]`);
  if (tile) tile.focus();
  else focusStop();
}
