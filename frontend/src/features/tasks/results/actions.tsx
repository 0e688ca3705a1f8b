import { Copy, Download, ImagePlus, MessageSquare } from "lucide-react";
import { useNavigate } from "react-router";
import { useIsViewer } from "@/features/auth/me";
import { changeDraft, NO_SESSION } from "@/features/generations/drafts";
import { forgetLastSession } from "@/features/generations/form/open-session";
import { Button } from "@/ui/button";
import { Menu } from "@/ui/menu";
import { attempt, copyResult, downloadFile, downloadText } from "./keep";
import { type Result, readResult } from "./queries";

type Of = Pick<Result, "id" | "type" | "outputs">;

/** What can be done with what was made: keep it, copy it, go on with it. */
export function ResultActions({ result, name }: { result: Of; name: string }) {
  const isViewer = useIsViewer();
  const isText = result.outputs.length === 0;
  return (
    <>
      {isText && (
        <Button look="quiet" onClick={() => void copyResult(result.id)}>
          <Copy size={16} aria-hidden />
          Copy text
        </Button>
      )}
      <Downloads result={result} name={name} />
      {isText && !isViewer && <GoOn resultId={result.id} />}
    </>
  );
}

function Downloads({ result, name }: { result: Of; name: string }) {
  const [first, ...others] = result.outputs;
  const face = (
    <>
      <Download size={16} aria-hidden />
      Download
    </>
  );
  if (others.length === 0) {
    const keep = () => (first ? downloadFile(result.id, first.index) : downloadText(result.id, name));
    return (
      <Button look="quiet" onClick={() => void keep()}>
        {face}
      </Button>
    );
  }
  const items = result.outputs.map(({ index, filename }, place) => ({
    label: `${place + 1}. ${filename}`,
    onSelect: () => void downloadFile(result.id, index),
  }));
  return <Menu trigger={<Button look="quiet">{face}</Button>} items={items} />;
}

/** The text as the prompt of a new session, or as the beginning of a new chat. */
function GoOn({ resultId }: { resultId: string }) {
  const navigate = useNavigate();
  const withText = (go: (text: string) => void) =>
    void attempt("The text could not be read.", async () => go((await readResult(resultId)).content));
  const makePicture = (promptText: string) => {
    changeDraft(NO_SESSION, { promptText });
    forgetLastSession();
    navigate("/comfyui");
  };
  return (
    <>
      <Button look="quiet" onClick={() => withText(makePicture)}>
        <ImagePlus size={16} aria-hidden />
        Make a picture of it
      </Button>
      <Button look="quiet" onClick={() => withText((prompt) => navigate("/chat", { state: { prompt } }))}>
        <MessageSquare size={16} aria-hidden />
        Into a chat
      </Button>
    </>
  );
}
