import { useQuery } from "@tanstack/react-query";
import { FileAudio } from "lucide-react";
import { thumbnailOptions } from "@/features/generations/form/uploads";

/** A file that a task starts from, small; a recording has no picture. */
export function InputPicture({ id, name }: { id: string; name: string }) {
  const { data } = useQuery(thumbnailOptions(id));
  if (data) return <img src={data} alt={name} title={name} className="size-12 shrink-0 rounded object-cover" />;
  return (
    <span
      role="img"
      aria-label={name}
      title={name}
      className="flex size-12 shrink-0 items-center justify-center rounded bg-sunken text-soft"
    >
      <FileAudio size={20} aria-hidden />
    </span>
  );
}
