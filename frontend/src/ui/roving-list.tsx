import { clsx } from "clsx";
import {
  createContext,
  type FocusEvent,
  type KeyboardEvent,
  type ReactElement,
  use,
  useEffect,
  useEffectEvent,
  useRef,
  useState,
} from "react";
import {
  type CustomContainerComponentProps,
  type CustomItemComponentProps,
  Virtualizer,
  type VirtualizerHandle,
} from "virtua";

interface RovingListProps<Row> {
  label: string;
  rows: readonly Row[];
  /** Where the tab key comes in, unless somebody has moved on from there. */
  currentId: string | null;
  /** Everything in a row that takes the focus has this `tabIndex`; what arrow keys reach has `data-row`, its id. */
  render: (row: Row, tabIndex: 0 | -1) => ReactElement;
  className?: string;
}

const ROWS_OF_A_PAGE = 8;

const STEPS: Record<string, number> = {
  ArrowDown: 1,
  ArrowUp: -1,
  PageDown: ROWS_OF_A_PAGE,
  PageUp: -ROWS_OF_A_PAGE,
  Home: Number.NEGATIVE_INFINITY,
  End: Number.POSITIVE_INFINITY,
};

/** A list of any length with one tab stop; arrow keys, Home and End move between its rows. */
export function RovingList<Row extends { id: string }>(props: RovingListProps<Row>) {
  const { label, rows, currentId, render, className } = props;
  const box = useRef<HTMLDivElement>(null);
  const virtual = useRef<VirtualizerHandle>(null);
  const [focused, setFocused] = useState({ id: currentId, index: 0 });
  const [wanted, setWanted] = useState<string | null>(null);

  const indexOf = (id: string | null) => rows.findIndex((row) => row.id === id);
  const stop = [indexOf(focused.id), indexOf(currentId), 0].find((index) => index >= 0) ?? 0;

  const showStop = useEffectEvent(() => virtual.current?.scrollToIndex(stop, { align: "nearest" }));
  useEffect(() => {
    showStop();
  }, []);

  const moveTo = (index: number) => {
    const row = rows[Math.max(0, Math.min(index, rows.length - 1))];
    if (row && !focusRow(box.current, row.id)) setWanted(row.id);
  };

  useEffect(() => {
    if (wanted === null) return;
    const index = rows.findIndex((row) => row.id === wanted);
    virtual.current?.scrollToIndex(index, { align: "nearest" });
    return focusSoon(box.current, wanted, () => setWanted(null));
  }, [wanted, rows]);

  const isGone = focused.id !== null && indexOf(focused.id) < 0;
  useEffect(() => {
    if (!isGone) return;
    const next = rows[Math.min(focused.index, rows.length - 1)];
    const focusIsLost = document.activeElement?.contains(box.current) ?? true;
    setFocused({ id: focusIsLost ? (next?.id ?? null) : null, index: focused.index });
    if (focusIsLost) setWanted(next?.id ?? null);
  }, [isGone, focused.index, rows]);

  const onKeyDown = (event: KeyboardEvent) => {
    const step = STEPS[event.key];
    if (step === undefined || !(event.target instanceof HTMLElement) || !event.target.dataset.row) return;
    event.preventDefault();
    moveTo((wanted === null ? stop : indexOf(wanted)) + step);
  };

  const onFocus = ({ target }: FocusEvent) => {
    const id = target instanceof HTMLElement ? target.closest<HTMLElement>("[data-of]")?.dataset.of : undefined;
    if (id !== undefined && id !== focused.id) setFocused({ id, index: indexOf(id) });
  };

  return (
    <div ref={box} className={clsx("overflow-y-auto", className)}>
      <Whole value={{ label, count: rows.length, onFocus, onKeyDown }}>
        <Virtualizer
          ref={virtual}
          scrollRef={box}
          data={rows}
          keepMounted={wanted === null ? [stop] : [stop, indexOf(wanted)]}
          as={List}
          item={Item}
        >
          {(row, index) => (
            <div key={row.id} data-of={row.id}>
              {render(row, index === stop ? 0 : -1)}
            </div>
          )}
        </Virtualizer>
      </Whole>
    </div>
  );
}

interface ListProps {
  label: string;
  count: number;
  onFocus: (event: FocusEvent) => void;
  onKeyDown: (event: KeyboardEvent) => void;
}

const ignore = () => undefined;
const Whole = createContext<ListProps>({ label: "", count: 0, onFocus: ignore, onKeyDown: ignore });

function List({ ref, style, children }: CustomContainerComponentProps) {
  const { label, onFocus, onKeyDown } = use(Whole);
  return (
    <ul ref={ref} style={style} aria-label={label} onFocus={onFocus} onKeyDown={onKeyDown}>
      {children}
    </ul>
  );
}

function Item({ ref, style, index, children }: CustomItemComponentProps) {
  return (
    <li ref={ref} style={style} aria-setsize={use(Whole).count} aria-posinset={index + 1}>
      {children}
    </li>
  );
}

const MOST_FRAMES = 30;

/** A row that has just been mounted is hidden until it is measured, and cannot be focused before that. */
function focusSoon(box: HTMLElement | null, id: string, onDone: () => void): () => void {
  let frame = 0;
  const attempt = (left: number) => {
    if (left === 0 || focusRow(box, id)) onDone();
    else frame = requestAnimationFrame(() => attempt(left - 1));
  };
  attempt(MOST_FRAMES);
  return () => cancelAnimationFrame(frame);
}

function focusRow(box: HTMLElement | null, id: string): boolean {
  const row = box?.querySelector<HTMLElement>(`[data-row="${CSS.escape(id)}"]`);
  row?.focus();
  return row !== null && row === document.activeElement;
}
