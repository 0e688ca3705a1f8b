import { useInfiniteQuery } from "@tanstack/react-query";
import { PROVIDERS } from "@/features/profiles/providers";
import { Badge, type Tone } from "@/ui/badge";
import { Select } from "@/ui/field";
import { LoadMore } from "@/ui/load-more";
import { Failed } from "@/ui/notice";
import { Panel } from "@/ui/panel";
import { useParam } from "@/ui/param";
import { RelativeTime } from "@/ui/relative-time";
import { SkeletonList } from "@/ui/skeleton";
import { Cell, Row, Table } from "@/ui/table";
import { useFilters } from "./filters";
import { moneyShown } from "./money";
import { type Call, type CallStatus, callsOptions } from "./queries";

const TONES: Record<CallStatus, Tone> = {
  open: "accent",
  complete: "good",
  failed: "bad",
  cancelled: "warn",
  unknown: "neutral",
};
const STATUSES = Object.keys(TONES) as CallStatus[];

/** The calls one by one. */
export function Calls() {
  const { groupBy: _, ...filters } = useFilters();
  const [chosen, setStatus] = useParam("status");
  const status = STATUSES.find((known) => known === chosen) ?? "";
  const { data, error, refetch, ...more } = useInfiniteQuery(callsOptions({ ...filters, status }));
  const rows = data?.pages.flatMap((page) => page.data);
  const total = data?.pages[0]?.pagination.total ?? 0;
  const choice = (
    <Select
      aria-label="Status of the calls"
      value={status}
      onChange={({ target }) => setStatus(target.value)}
      className="w-36!"
    >
      <option value="">Every status</option>
      {STATUSES.map((name) => (
        <option key={name}>{name}</option>
      ))}
    </Select>
  );
  return (
    <Panel title="Calls" aside={rows && totalShown(total)} actions={choice}>
      {rows ? (
        <CallTable rows={rows} />
      ) : error ? (
        <Failed what="The calls could not be read" error={error} onRetry={() => void refetch()} />
      ) : (
        <SkeletonList rows={4} />
      )}
      <LoadMore {...more} />
    </Panel>
  );
}

const MOST_COUNTED = 10_000;

const totalShown = (total: number) =>
  total >= MOST_COUNTED ? `${MOST_COUNTED.toLocaleString()} or more` : total.toLocaleString();

function CallTable({ rows }: { rows: readonly Call[] }) {
  if (rows.length === 0)
    return <p className="text-soft text-sm">No model was called in this time with these filters.</p>;
  return (
    <Table label="Calls" head={["When", "Model", "Profile", "For", "Status", "Tokens read, written", "Cost"]}>
      {rows.map((call) => (
        <Row key={call.id}>
          <Cell className="whitespace-nowrap">
            <RelativeTime at={call.started_at} />
          </Cell>
          <Cell className="max-w-56 break-words">{call.model}</Cell>
          <Cell className="max-w-40 break-words">{call.profile_name ?? PROVIDERS[call.provider].label}</Cell>
          <Cell>{call.purpose}</Cell>
          <Cell>
            <Badge tone={TONES[call.status]}>{call.status}</Badge>
            {call.error_code && <span className="block break-all text-soft text-xs">{call.error_code}</span>}
          </Cell>
          <Cell className="whitespace-nowrap tabular-nums">
            {amountShown(call.input_tokens)}, {amountShown(call.output_tokens)}
          </Cell>
          <Cell className="tabular-nums">{moneyShown(call.cost_usd)}</Cell>
        </Row>
      ))}
    </Table>
  );
}

const amountShown = (amount: number | null) => (amount === null ? "–" : amount.toLocaleString());
