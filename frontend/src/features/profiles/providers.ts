import type { Profile, Provider } from "@/api/types";

interface Known {
  label: string;
  /** Where the server looks when the profile has no address of its own. */
  usualUrl: string;
  urlHint: string;
  keyHint: string;
}

const HOSTED = {
  usualUrl: "the provider's own address",
  urlHint: "Only for a proxy or a compatible server; empty is the provider's own address.",
  keyHint: "From your account with the provider.",
} as const;

export const PROVIDERS: Readonly<Record<Provider, Known>> = {
  comfyui: {
    label: "ComfyUI",
    usualUrl: "http://127.0.0.1:8188",
    urlHint:
      "As in the browser's address bar when ComfyUI is open there. Empty: port 8188 of the server's own machine.",
    keyHint: "Only where ComfyUI stands behind a proxy that asks for one.",
  },
  ollama: {
    label: "Ollama",
    usualUrl: "http://127.0.0.1:11434",
    urlHint: "Empty: port 11434 of the server's own machine.",
    keyHint: "Only where Ollama stands behind a proxy that asks for one.",
  },
  openai: { ...HOSTED, label: "OpenAI" },
  gemini: { ...HOSTED, label: "Gemini" },
  claude: { ...HOSTED, label: "Claude" },
};

export const PROVIDER_NAMES = Object.keys(PROVIDERS) as Provider[];

/** "text, image → image": what a profile takes and gives. */
export const flowOf = ({ input_modalities, output_modalities }: Profile): string =>
  `${input_modalities.join(", ")} → ${output_modalities.join(", ")}`;
