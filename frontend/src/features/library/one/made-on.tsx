import type { Detail } from "./contents";
import { Pairs } from "./pairs";

/** The ComfyUI that made it, as it described itself then. */
export function MadeOn({ fingerprint }: { fingerprint: NonNullable<Detail["fingerprint"]> }) {
  const { comfyui_version, python_version, pytorch_version, devices, node_classes, inputs } = fingerprint;
  const classes = Object.entries(node_classes ?? {}).sort();
  const files = Object.entries(inputs);
  return (
    <div className="flex flex-col gap-2">
      <Pairs
        pairs={[
          ["ComfyUI", comfyui_version],
          ["Python", python_version],
          ["PyTorch", pytorch_version],
          ["Device", devices?.join(", ") ?? null],
        ]}
      />
      {classes.length + files.length > 0 && (
        <details>
          <summary className="min-h-6 w-fit cursor-pointer rounded text-soft text-sm">Nodes and inputs</summary>
          <div className="mt-1 break-words font-mono text-xs">
            <Pairs pairs={[...classes, ...files]} />
          </div>
        </details>
      )}
    </div>
  );
}
