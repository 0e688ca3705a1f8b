import { ImageOff } from "lucide-react";
import { useState } from "react";
import type { Message } from "@/api/types";

type Attachment = Message["attachments"][number];

/** The pictures that went along with a message; each opens whole in a tab of its own. */
export function Attachments({ of }: { of: readonly Attachment[] }) {
  if (of.length === 0) return null;
  return (
    <ul aria-label="Pictures" className="flex flex-wrap gap-2">
      {of.map((picture) => (
        <li key={picture.id}>
          <a href={picture.url} target="_blank" rel="noreferrer" className="block rounded-lg">
            <Shown key={picture.url} picture={picture} />
          </a>
        </li>
      ))}
    </ul>
  );
}

function Shown({ picture: { url, thumbnail_url, filename } }: { picture: Attachment }) {
  const [isBroken, setBroken] = useState(false);
  if (isBroken) {
    return (
      <span className="flex size-32 flex-col items-center justify-center gap-1 rounded-lg border border-line p-2 text-soft text-xs">
        <ImageOff size={20} aria-hidden />
        <span className="max-w-full truncate">{filename}</span>
      </span>
    );
  }
  return (
    <img
      src={thumbnail_url ?? url}
      alt={filename}
      onError={() => setBroken(true)}
      className="size-32 rounded-lg border border-line object-cover"
    />
  );
}
