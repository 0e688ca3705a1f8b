import { useState } from "react";
import { messageOf } from "@/api/failure";
import { upload } from "@/features/generations/form/uploads";
import { toast } from "@/ui/toast";
import { MOST_PICTURES, refusalOf } from "./content";
import type { AttachedPicture } from "./drafts";

/** Takes pictures to the server, where a message names them; one that is not taken is told of with the reason. */
export function usePictureUpload(onAdded: (picture: AttachedPicture) => void) {
  const [underway, setUnderway] = useState(0);

  const take = async (file: File) => {
    const refusal = refusalOf(file);
    if (refusal !== null) return toast({ kind: "error", message: refusal });
    setUnderway((now) => now + 1);
    try {
      const { id, filename } = await upload(file);
      onAdded({ id, filename });
    } catch (failure) {
      toast({ kind: "error", message: `“${file.name}” was not taken. ${messageOf(failure)}` });
    } finally {
      setUnderway((now) => now - 1);
    }
  };

  /** `already`: how many are there. */
  const add = (files: readonly File[], already: number) => {
    const room = Math.max(0, MOST_PICTURES - already - underway);
    if (files.length > room) toast({ kind: "error", message: `A message takes at most ${MOST_PICTURES} pictures.` });
    for (const file of files.slice(0, room)) void take(file);
  };
  return { add, isUploading: underway > 0 };
}
