import { useIsMutating, useMutation } from "@tanstack/react-query";
import { Upload, X } from "lucide-react";
import { type DragEvent, useRef } from "react";
import { messageOf } from "@/api/failure";
import { upload } from "@/features/generations/form/uploads";
import { Button, IconButton } from "@/ui/button";
import { toast } from "@/ui/toast";
import { InputPicture } from "./input-picture";

interface InputsFieldProps {
  inputs: readonly string[];
  /** Recordings can be turned into text only. */
  withSound: boolean;
  error: string | undefined;
  onChange: (inputs: readonly string[]) => void;
}

const UPLOADING = ["uploads of a task"];

export const useIsUploading = () => useIsMutating({ mutationKey: UPLOADING }) > 0;

/** Files that the task starts from: chosen, dropped or pasted, and kept by the server. */
export function InputsField({ inputs, withSound, error, onChange }: InputsFieldProps) {
  const chooser = useRef<HTMLInputElement>(null);
  const uploading = useMutation({
    mutationKey: UPLOADING,
    mutationFn: (files: readonly File[]) => Promise.all(files.map(upload)),
    onSuccess: (kept) => onChange([...new Set([...inputs, ...kept.map(({ id }) => id)])]),
    onError: (failure) => toast({ kind: "error", message: `The files were not taken. ${messageOf(failure)}` }),
  });
  const take = (files: FileList | null) => files && files.length > 0 && uploading.mutate([...files]);
  const onDrop = (event: DragEvent) => {
    event.preventDefault();
    take(event.dataTransfer.files);
  };
  return (
    <fieldset
      className="flex min-w-0 flex-col gap-2"
      onDragOver={(event) => event.preventDefault()}
      onDrop={onDrop}
      onPaste={(event) => take(event.clipboardData.files)}
    >
      <legend className="font-medium text-sm">Files to start from</legend>
      <p className="text-soft text-xs">
        {withSound ? "Pictures to look at, or one recording to write down." : "Pictures to edit or to begin with."}
      </p>
      {inputs.length > 0 && (
        <ul className="flex flex-wrap gap-2">
          {inputs.map((id, place) => (
            <li key={id} className="flex items-center rounded-md border border-line">
              <InputPicture id={id} name={`File ${place + 1}`} />
              <IconButton
                label={`Remove file ${place + 1}`}
                onClick={() => onChange(inputs.filter((one) => one !== id))}
              >
                <X size={16} aria-hidden />
              </IconButton>
            </li>
          ))}
        </ul>
      )}
      <input
        ref={chooser}
        type="file"
        multiple
        hidden
        aria-label="Files to start from"
        accept={withSound ? "image/*,audio/*" : "image/*"}
        onChange={(event) => {
          take(event.target.files);
          event.target.value = "";
        }}
      />
      <Button className="self-start" busy={uploading.isPending} onClick={() => chooser.current?.click()}>
        <Upload size={16} aria-hidden />
        {uploading.isPending ? "Uploading" : "Choose or drop files"}
      </Button>
      {error && <p className="text-bad text-xs">{error}</p>}
    </fieldset>
  );
}
