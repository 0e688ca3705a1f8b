import { useQuery } from "@tanstack/react-query";
import { Copy, Image, MessageSquare } from "lucide-react";
import { useState } from "react";
import { useNavigate } from "react-router";
import type { SavedPrompt, Session } from "@/api/types";
import { changeDraft, NO_SESSION } from "@/features/generations/drafts";
import { forgetLastSession, lastSession } from "@/features/generations/form/open-session";
import type { Rendered } from "@/features/prompts/changes";
import { FillForm } from "@/features/prompts/fill-form";
import { sessionsOptions } from "@/features/sessions/queries";
import { Button } from "@/ui/button";
import { copyText } from "@/ui/clipboard";
import { Dialog, DialogActions } from "@/ui/dialog";
import { Field, Select } from "@/ui/field";

interface UseDialogProps {
  prompt: SavedPrompt;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

/** Fills a prompt and puts it where it is wanted: into ComfyUI's prompt box, a chat, or the clipboard. */
export function UseDialog({ prompt, open, onOpenChange }: UseDialogProps) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={`Use “${prompt.name}”`}>
      <Content prompt={prompt} onDone={() => onOpenChange(false)} />
    </Dialog>
  );
}

function Content({ prompt, onDone }: { prompt: SavedPrompt; onDone: () => void }) {
  const [wanted, setWanted] = useState(() => lastSession() ?? NO_SESSION);
  const { data: sessions = [] } = useQuery(sessionsOptions);
  const sessionId = sessions.find(({ id }) => id === wanted)?.id ?? NO_SESSION;
  const navigate = useNavigate();
  const put = (rendered: Rendered, to: string) => {
    if (to === "copy") void copyText(rendered.prompt_text, "Prompt");
    onDone();
    if (to === "comfyui") navigate(intoComfyUI(sessionId, rendered));
    if (to === "chat") navigate("/chat", { state: { prompt: rendered.prompt_text } });
  };
  return (
    <FillForm prompt={prompt} onRendered={put}>
      {(isPending) => (
        <>
          <SessionField sessions={sessions} sessionId={sessionId} onChange={setWanted} />
          <DialogActions>
            <Button type="submit" value="copy" busy={isPending}>
              <Copy size={16} aria-hidden />
              Copy
            </Button>
            <Button type="submit" value="chat" busy={isPending}>
              <MessageSquare size={16} aria-hidden />
              Use in a chat
            </Button>
            <Button type="submit" value="comfyui" look="strong" busy={isPending}>
              <Image size={16} aria-hidden />
              Use in ComfyUI
            </Button>
          </DialogActions>
        </>
      )}
    </FillForm>
  );
}

/** Writes it into the session's form; where the session is then. */
function intoComfyUI(sessionId: string, { prompt_text, negative_prompt }: Rendered): string {
  const negative = negative_prompt === null ? {} : { negativePrompt: negative_prompt };
  changeDraft(sessionId, { promptText: prompt_text, ...negative });
  if (sessionId !== NO_SESSION) return `/comfyui/${sessionId}`;
  forgetLastSession();
  return "/comfyui";
}

const MOST_OFFERED = 50;

interface SessionFieldProps {
  sessions: readonly Session[];
  sessionId: string;
  onChange: (sessionId: string) => void;
}

function SessionField({ sessions, sessionId, onChange }: SessionFieldProps) {
  const offered = sessions.filter(({ id }, place) => place < MOST_OFFERED || id === sessionId);
  return (
    <Field label="ComfyUI session" hint="Where “Use in ComfyUI” puts it; what stands in its prompt box is replaced.">
      {(props) => (
        <Select {...props} value={sessionId} onChange={(event) => onChange(event.target.value)}>
          <option value={NO_SESSION}>A new session</option>
          {offered.map(({ id, title }) => (
            <option key={id} value={id}>
              {title}
            </option>
          ))}
        </Select>
      )}
    </Field>
  );
}
