import { useMutation, useQuery } from "@tanstack/react-query";
import { Copy, Download } from "lucide-react";
import { Link } from "react-router";
import { accessHeaders, freshToken, useAccess } from "@/api/access";
import { messageOf } from "@/api/failure";
import { healthOptions } from "@/features/dashboard/queries";
import { summaryOf } from "@/features/dashboard/service-advice";
import { Button } from "@/ui/button";
import { copyText } from "@/ui/clipboard";
import { Panel } from "@/ui/panel";
import { saveFile } from "@/ui/save-file";
import { toast } from "@/ui/toast";

/** Which server this is, how it is, and how programs speak to it. */
export function About() {
  const { data: health } = useQuery(healthOptions);
  const needsKey = useAccess(({ mode }) => mode) === "required";
  const state = health?.services ? summaryOf(health.services).sentence : "Asking …";
  return (
    <Panel title="About">
      <dl className="grid gap-x-6 gap-y-2 rounded-lg border border-line bg-raised p-4 text-sm sm:grid-cols-[auto_minmax(0,1fr)]">
        <dt className="text-soft">Version</dt>
        <dd>Spoon Feeder {health?.version ?? "…"}</dd>
        <dt className="text-soft">State</dt>
        <dd>
          {state}{" "}
          <Link to="/" className="text-accent underline">
            See the services
          </Link>
        </dd>
        <dt className="text-soft">API</dt>
        <dd className="flex flex-col items-start gap-2">
          <Address address={`${location.origin}/api`} what="Address of the API" />
          <Document />
          {needsKey && (
            <Link to="/keys" className="py-1 text-accent underline">
              Make an API key for a program
            </Link>
          )}
        </dd>
        <dt className="text-soft">For programs that speak to OpenAI</dt>
        <dd>
          <Address address={`${location.origin}/v1`} what="Base URL" />
        </dd>
        <dt className="text-soft">Backup</dt>
        <dd>
          All there is lies in the data folder, which the server names when it starts: the database, the pictures, and
          the key that opens stored API keys. End the server, copy the folder as a whole, and start it again. With a
          database or a storage of your own, back them up too, and keep the encryption key beside them.
        </dd>
      </dl>
    </Panel>
  );
}

function Address({ address, what }: { address: string; what: string }) {
  return (
    <span className="flex min-w-0 flex-wrap items-center gap-2">
      <code className="break-all rounded bg-sunken px-1.5 py-0.5 text-xs">{address}</code>
      <Button look="quiet" aria-label={`Copy: ${what}`} onClick={() => void copyText(address, what)}>
        <Copy size={16} aria-hidden />
        Copy
      </Button>
    </span>
  );
}

/** The OpenAPI document, which only those who are signed in may read, so that a bare link does not do. */
function Document() {
  const fetching = useMutation({
    mutationFn: saveDocument,
    onError: (failure) => toast({ kind: "error", message: `The document could not be read. ${messageOf(failure)}` }),
  });
  return (
    <Button busy={fetching.isPending} onClick={() => fetching.mutate()}>
      <Download size={16} aria-hidden />
      OpenAPI document
    </Button>
  );
}

async function saveDocument(): Promise<void> {
  await freshToken();
  const answer = await fetch("/api/openapi.json", { headers: accessHeaders() });
  if (!answer.ok) throw new Error(`The server answered ${answer.status}.`);
  const address = URL.createObjectURL(await answer.blob());
  saveFile(address, "spoonfeeder-openapi.json");
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
