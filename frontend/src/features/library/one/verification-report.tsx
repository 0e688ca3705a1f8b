import { Link } from "react-router";
import type { components } from "@/api/schema";
import { Badge, type Tone } from "@/ui/badge";
import { RelativeTime } from "@/ui/relative-time";
import type { Detail } from "./contents";

type Verification = components["schemas"]["Verification"];
type Verdict = Verification["verdict"];

/** Whether it came out the same again: of the run that verified it, and of what it verifies itself. */
export function VerificationReport({ row: { verification, verified_by } }: { row: Detail }) {
  if (!verification && !verified_by) return null;
  return (
    <section aria-label="Verification" className="flex flex-col gap-2">
      <h2 className="font-semibold">Verification</h2>
      {verified_by && (
        <p className="flex flex-wrap items-center gap-2 text-sm">
          <VerdictBadge verdict={verified_by.verdict} />
          <Link to={`/generations/${verified_by.id}`} className="rounded text-accent underline">
            Verified by another run
          </Link>
          <RelativeTime at={verified_by.completed_at} />
        </p>
      )}
      {verification && <Own verification={verification} />}
    </section>
  );
}

function Own({ verification }: { verification: Verification }) {
  const { verifies, verdict, outputs, environment, cached_nodes, reason } = verification;
  return (
    <div className="flex flex-col gap-2 text-sm">
      <p className="flex flex-wrap items-center gap-2">
        <VerdictBadge verdict={verdict} />
        <Link to={`/generations/${verifies}`} className="rounded text-accent underline">
          Compared with the first run
        </Link>
      </p>
      {reason && <p className="break-words">{reason}</p>}
      {cached_nodes > 0 && (
        <p className="text-warn">
          ComfyUI did not run {cached_nodes} of the nodes again, since it still had their results. Verify on another
          machine, or after a restart of ComfyUI, to be sure.
        </p>
      )}
      <ul aria-label="Outputs compared" className="flex flex-col gap-1">
        {outputs.map((output) => (
          <li key={output.index} className="flex flex-wrap items-center gap-2">
            <VerdictBadge verdict={output.verdict} />
            <span>
              Output {output.index + 1}
              {wordsFor(output)}
            </span>
          </li>
        ))}
      </ul>
      <ul aria-label="What is different of the machines" className="list-disc pl-5 empty:hidden">
        {environment.map(({ what, message }) => (
          <li key={what} className="break-words">
            {message}
          </li>
        ))}
      </ul>
    </div>
  );
}

function wordsFor({
  compared,
  mean_difference,
  psnr_db,
  differing_share,
  reason,
}: Verification["outputs"][number]): string {
  const words = [
    compared && `by ${compared}`,
    differing_share ? `${(differing_share * 100).toFixed(1)} % of the pixels differ` : null,
    mean_difference ? `${mean_difference.toFixed(2)} of 255 levels on the average` : null,
    psnr_db ? `${psnr_db.toFixed(1)} dB` : null,
    reason,
  ];
  const text = words.filter(Boolean).join(", ");
  return text && `: ${text}`;
}

const VERDICTS: Record<NonNullable<Verdict>, { tone: Tone; label: string }> = {
  same: { tone: "good", label: "The same" },
  near: { tone: "good", label: "The same to the eye" },
  different: { tone: "bad", label: "Different" },
};

function VerdictBadge({ verdict }: { verdict: Verdict }) {
  const { tone, label } =
    verdict === null ? { tone: "warn" as const, label: "Could not be compared" } : VERDICTS[verdict];
  return <Badge tone={tone}>{label}</Badge>;
}
