import { useQuery } from "@tanstack/react-query";
import { CircleAlert, CircleCheck } from "lucide-react";
import { Link } from "react-router";
import type { Service } from "@/api/types";
import { Badge } from "@/ui/badge";
import { Failed } from "@/ui/notice";
import { Panel } from "@/ui/panel";
import { SkeletonList } from "@/ui/skeleton";
import { healthOptions } from "./queries";
import { adviceFor, SERVICE_NAMES, SERVICES, type ServiceName, stateOf, summaryOf } from "./service-advice";

/** What this installation stands on, and what to do about what is away. */
export function Services() {
  const { data: health, error, refetch } = useQuery(healthOptions);
  if (!health && error) {
    return <Failed what="The state of the services is not known" error={error} onRetry={() => void refetch()} />;
  }
  if (!health?.services) return <SkeletonList rows={3} className="h-16" />;
  const { services } = health;
  return (
    <Panel title="Services" aside={error ? "not up to date: the server does not answer" : ""}>
      <ul className="grid gap-2 sm:grid-cols-2">
        {SERVICE_NAMES.map((name) => (
          <ServiceCard key={name} name={name} service={services[name]} />
        ))}
      </ul>
    </Panel>
  );
}

/** In one sentence, for the top of the page. */
export function ServicesSummary() {
  const { data: health } = useQuery(healthOptions);
  const { isGood, sentence } = health?.services ? summaryOf(health.services) : { isGood: true, sentence: "" };
  const Icon = isGood ? CircleCheck : CircleAlert;
  return (
    <p role="status" className="flex min-h-5 items-center gap-2 text-sm">
      {sentence && <Icon size={18} aria-hidden className={isGood ? "shrink-0 text-good" : "shrink-0 text-bad"} />}
      {sentence}
    </p>
  );
}

function ServiceCard({ name, service }: { name: ServiceName; service: Service }) {
  const { label, does } = SERVICES[name];
  const state = stateOf(name, service);
  const advice = adviceFor(name, service);
  return (
    <li className="flex min-w-0 flex-col gap-1 rounded-lg border border-line bg-raised p-3 text-sm">
      <div className="flex items-center justify-between gap-2">
        <h3 className="font-semibold">{label}</h3>
        <Badge tone={state.tone}>{state.label}</Badge>
      </div>
      <p className="break-words text-soft text-xs">{[does, ...factsOf(service)].join(" · ")}</p>
      {advice && (
        <p className="break-words text-xs">
          {advice}{" "}
          {name === "comfyui" && (
            <Link to="/profiles" className="text-accent underline">
              Open the profiles
            </Link>
          )}
        </p>
      )}
    </li>
  );
}

function factsOf({ status, latency_ms, message }: Service): string[] {
  const facts = message ? [message] : [];
  return status === "up" ? [...facts, `answers in ${latency_ms} ms`] : facts;
}
