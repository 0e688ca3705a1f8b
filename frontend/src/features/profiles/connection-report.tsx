import { messageOf } from "@/api/failure";
import type { ConnectionReport as Report } from "@/api/types";
import { Badge } from "@/ui/badge";

interface ConnectionReportProps {
  report: Report | undefined;
  error: unknown;
  isPending: boolean;
}

/** How a trial of a connection went; told to those who do not see it too. */
export function ConnectionReport({ report, error, isPending }: ConnectionReportProps) {
  return (
    <div role="status" className="text-sm empty:hidden">
      {isPending && <p className="text-soft">Asking …</p>}
      {!isPending && Boolean(error) && <p className="break-words text-bad">{messageOf(error)}</p>}
      {!isPending && report && <Told report={report} />}
    </div>
  );
}

function Told({ report }: { report: Report }) {
  return (
    <div className="flex flex-col gap-1">
      <p className="flex flex-wrap items-center gap-2">
        <Badge tone={report.ok ? "good" : "bad"}>{report.ok ? "Connected" : "Not connected"}</Badge>
        <span className="min-w-0 break-words">{report.message}</span>
      </p>
      <p className="break-words text-soft text-xs">{factsOf(report).join(" · ")}</p>
    </div>
  );
}

/** What the message does not say already. */
function factsOf({ latency_ms, version, devices, code, message }: Report): string[] {
  const facts = [`${latency_ms} ms`];
  if (version && !message.includes(version)) facts.push(`version ${version}`);
  if (devices) facts.push(...devices);
  if (code) facts.push(code);
  return facts;
}
