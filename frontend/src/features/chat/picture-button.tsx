import { ImagePlus } from "lucide-react";
import { useRef } from "react";
import { IconButton } from "@/ui/button";
import { toast } from "@/ui/toast";
import { TAKEN } from "./content";

interface PictureButtonProps {
  /** Why no pictures can go along; null where they can. */
  blindness: string | null;
  onFiles: (files: Iterable<File>) => void;
}

export function PictureButton({ blindness, onFiles }: PictureButtonProps) {
  const chooser = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={chooser}
        type="file"
        multiple
        hidden
        aria-label="Pictures for the message"
        accept={TAKEN.join(",")}
        onChange={(event) => {
          onFiles(event.target.files ?? []);
          event.target.value = "";
        }}
      />
      <IconButton
        label={blindness ?? "Add pictures"}
        aria-disabled={blindness !== null}
        onClick={() => (blindness === null ? chooser.current?.click() : toast({ kind: "error", message: blindness }))}
        className="aria-disabled:opacity-40"
      >
        <ImagePlus size={18} aria-hidden />
      </IconButton>
    </>
  );
}
