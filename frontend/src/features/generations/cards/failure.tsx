import type { Generation } from "@/api/types";

type NodeFault = NonNullable<Generation["error_details"]>["nodes"][number];

/** By error code (docs/api.md, "Error codes of runs"). */
const WHAT_TO_DO: Record<string, string> = {
  COMFYUI_REFUSED: "Correct the named inputs, or choose models that this ComfyUI has, and generate again.",
  COMFYUI_NODE_FAILED: "Look at the node below. Another value, or an update of its custom nodes, may help.",
  COMFYUI_OUT_OF_MEMORY: "Choose a smaller size or batch, or free the memory of ComfyUI, and run it again.",
  COMFYUI_INTERRUPTED: "It was stopped in ComfyUI itself. Run it again if you still want it.",
  COMFYUI_STALLED: "ComfyUI went silent. Restart it, then run this again.",
  COMFYUI_LOST: "ComfyUI knows nothing of it any more, as after a restart. Run it again.",
  COMFYUI_UNREACHABLE: "Check that ComfyUI runs and that its profile has the right address, then run it again.",
  COMFYUI_BROKEN: "Check that the profile's address leads to a ComfyUI, then run it again.",
  POISON: "It has ended the worker several times. Change its settings before you run it again.",
};
const ELSE = "Run it again; the server's log tells more.";
const MOST_CHOICES = 5;

export function Failure({ row }: { row: Generation }) {
  return (
    <div className="flex flex-col gap-1 rounded-md border border-bad p-3 text-sm">
      <p className="break-words font-medium text-bad">{row.error ?? "The generation has failed."}</p>
      <ul className="list-disc pl-5">
        {row.error_details?.nodes.map((fault) => (
          <li key={`${fault.node_id} ${fault.input} ${fault.message}`} className="break-words">
            {faultText(fault)}
          </li>
        ))}
      </ul>
      <p className="text-soft">{WHAT_TO_DO[row.error_code ?? ""] ?? ELSE}</p>
      {row.error_code && <p className="font-mono text-soft text-xs">{row.error_code}</p>}
    </div>
  );
}

function faultText({ node_id, title, class_type, input, message, received, choices }: NodeFault): string {
  const name = title ?? class_type ?? "The workflow";
  const place = [node_id === null ? name : `${name} (node ${node_id})`, input].filter(Boolean).join(", ");
  const why = `${place}: ${(message ?? "it failed").replace(/\.?$/, ".")}`;
  const got = received && !why.includes(received) ? `It was given ${received}.` : "";
  const known = choices && choices.length > 0 ? `It has ${choices.slice(0, MOST_CHOICES).join(", ")}.` : "";
  return [why, got, known].filter(Boolean).join(" ");
}
