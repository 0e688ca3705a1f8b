import { useQuery } from "@tanstack/react-query";
import { X } from "lucide-react";
import { thumbnailOptions } from "@/features/generations/form/uploads";
import { Skeleton } from "@/ui/skeleton";
import type { AttachedPicture } from "./drafts";

interface AttachedProps {
  pictures: readonly AttachedPicture[];
  isUploading?: boolean;
  onRemove: (id: string) => void;
}

/** What goes along with the message that is being written. */
export function AttachedPictures({ pictures, isUploading = false, onRemove }: AttachedProps) {
  if (pictures.length === 0 && !isUploading) return null;
  return (
    <ul aria-label="Attached pictures" className="flex flex-wrap gap-2">
      {pictures.map((picture) => (
        <li key={picture.id} className="relative">
          <Thumbnail {...picture} />
          <button
            type="button"
            aria-label={`Remove ${picture.filename}`}
            onClick={() => onRemove(picture.id)}
            className="-top-1.5 -right-1.5 absolute flex size-9 items-start justify-end rounded-full"
          >
            <X size={20} aria-hidden className="rounded-full border border-control bg-raised p-0.5" />
          </button>
        </li>
      ))}
      {isUploading && (
        <li role="status" aria-label="Uploading a picture">
          <Skeleton className="size-16" />
        </li>
      )}
    </ul>
  );
}

function Thumbnail({ id, filename }: AttachedPicture) {
  const { data } = useQuery(thumbnailOptions(id));
  if (!data) {
    return (
      <span className="flex size-16 items-center overflow-hidden rounded-md border border-line bg-sunken p-1 text-soft text-xs">
        {filename}
      </span>
    );
  }
  return <img src={data} alt={filename} className="size-16 rounded-md border border-line object-cover" />;
}
