import { BookmarkPlus } from "lucide-react";
import { useState } from "react";
import { useIsViewer } from "@/features/auth/me";
import { Button, type ButtonProps, IconButton } from "@/ui/button";
import { PromptDialog } from "./prompt-dialog";

interface SavePromptProps {
  text: string;
  negative?: string | null;
  label?: string;
  look?: NonNullable<ButtonProps["look"]>;
  /** Only the icon; the label is its name. */
  isSmall?: boolean;
}

/** Keeps a text in the prompt library; nothing for who only looks. */
export function SavePrompt({
  text,
  negative,
  label = "Save prompt",
  look = "quiet",
  isSmall = false,
}: SavePromptProps) {
  const [isOpen, setOpen] = useState(false);
  if (useIsViewer()) return null;
  const button = { look, disabled: text.trim() === "", onClick: () => setOpen(true) };
  const icon = <BookmarkPlus size={16} aria-hidden />;
  return (
    <>
      {isSmall ? (
        <IconButton {...button} label={label}>
          {icon}
        </IconButton>
      ) : (
        <Button {...button}>
          {icon}
          {label}
        </Button>
      )}
      <PromptDialog prompt={null} begun={{ text, negative: negative ?? "" }} open={isOpen} onOpenChange={setOpen} />
    </>
  );
}
