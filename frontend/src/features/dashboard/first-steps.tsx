import { useQuery } from "@tanstack/react-query";
import { CircleCheck, CircleDashed } from "lucide-react";
import type { ReactNode } from "react";
import { Link } from "react-router";
import { useMay } from "@/features/auth/me";
import { profilesOptions } from "@/features/profiles/queries";
import { Panel } from "@/ui/panel";
import { healthOptions, statsOptions } from "./queries";

/** What to do first on a fresh installation; gone once there is a picture of one's own ComfyUI. */
export function FirstSteps() {
  const { data: stats } = useQuery(statsOptions);
  const { data: profiles } = useQuery(profilesOptions);
  const { data: health } = useQuery(healthOptions);
  const mayManage = useMay("manage");
  const mayWrite = useMay("write");
  if (!stats || !profiles || !mayWrite) return null;
  const hasOwn = profiles.some(({ provider, is_demo }) => provider === "comfyui" && !is_demo);
  const hasDemo = profiles.some(({ is_demo }) => is_demo);
  const hasPicture = stats.generations.completed > 0;
  if (hasPicture && (hasOwn || !mayManage)) return null;
  const isReady = health?.services?.comfyui.status === "up";
  return (
    <Panel title="What now?">
      <ol className="flex flex-col gap-2 rounded-lg border border-line bg-raised p-4 text-sm">
        <Step isDone={hasOwn && isReady}>
          {connectionTold(hasOwn, hasDemo, mayManage)}{" "}
          {mayManage && <StepLink to="/profiles">{hasOwn ? "Look at the profiles" : "Connect your ComfyUI"}</StepLink>}
        </Step>
        <Step isDone={hasPicture}>
          {hasPicture ? "The first picture is made." : "Write what you want to see and make the first picture."}{" "}
          <StepLink to="/comfyui">{hasPicture ? "Make another one" : "Make the first picture"}</StepLink>
        </Step>
      </ol>
    </Panel>
  );
}

function connectionTold(hasOwn: boolean, hasDemo: boolean, mayManage: boolean): string {
  if (hasOwn) return "Your ComfyUI has a profile.";
  if (hasDemo) return "A demo is connected: it draws test pictures without a graphics card.";
  return mayManage ? "No ComfyUI is connected yet." : "No ComfyUI is connected yet; ask an admin of the workspace.";
}

function Step({ isDone, children }: { isDone: boolean; children: ReactNode }) {
  const Icon = isDone ? CircleCheck : CircleDashed;
  return (
    <li className="flex items-start gap-2">
      <Icon
        size={18}
        role="img"
        aria-label={isDone ? "Done" : "To do"}
        className={isDone ? "mt-0.5 shrink-0 text-good" : "mt-0.5 shrink-0 text-soft"}
      />
      <span className="min-w-0">{children}</span>
    </li>
  );
}

function StepLink({ to, children }: { to: string; children: ReactNode }) {
  return (
    <Link to={to} className="inline-block py-1 font-medium text-accent underline">
      {children}
    </Link>
  );
}
