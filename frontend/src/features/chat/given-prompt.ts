import { useEffect } from "react";
import { useLocation, useNavigate } from "react-router";
import { NEW, replaceText } from "./drafts";

/** Another page may send somebody here with what shall be asked; it is written into the composer, and not sent. */
export function useGivenPrompt(): void {
  const { state, pathname, search } = useLocation();
  const navigate = useNavigate();
  const prompt: unknown = state?.prompt;
  useEffect(() => {
    if (typeof prompt !== "string") return;
    replaceText(NEW, prompt);
    navigate({ pathname, search }, { replace: true });
  }, [prompt, navigate, pathname, search]);
}
