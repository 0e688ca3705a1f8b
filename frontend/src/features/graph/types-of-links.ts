/** What flows through inputs of these names in ComfyUI's own nodes; a graph in API format does not tell. */
const BY_NAME: Readonly<Record<string, string>> = {
  model: "MODEL",
  unet: "MODEL",
  clip: "CLIP",
  vae: "VAE",
  positive: "CONDITIONING",
  negative: "CONDITIONING",
  conditioning: "CONDITIONING",
  samples: "LATENT",
  latent: "LATENT",
  latent_image: "LATENT",
  image: "IMAGE",
  images: "IMAGE",
  pixels: "IMAGE",
  start_image: "IMAGE",
  end_image: "IMAGE",
  mask: "MASK",
  control_net: "CONTROL_NET",
  clip_vision: "CLIP_VISION",
  clip_vision_output: "CLIP_VISION_OUTPUT",
  upscale_model: "UPSCALE_MODEL",
  style_model: "STYLE_MODEL",
  noise: "NOISE",
  guider: "GUIDER",
  sampler: "SAMPLER",
  sigmas: "SIGMAS",
  audio: "AUDIO",
  video: "VIDEO",
  seed: "INT",
  width: "INT",
  height: "INT",
  text: "STRING",
};

/** By the name of the input, without a number at its end: `image1`, `samples_2`. */
export const typeOf = (input: string): string | null => BY_NAME[input.toLowerCase().replace(/_?\d+$/, "")] ?? null;

const HUES: Readonly<Record<string, number>> = {
  MODEL: 285,
  CLIP: 85,
  VAE: 20,
  CONDITIONING: 55,
  LATENT: 340,
  IMAGE: 240,
  MASK: 150,
  CONTROL_NET: 180,
  AUDIO: 120,
  VIDEO: 215,
};

/** A colour that can be seen on light and dark, the same for all links of a type. */
export function colourOf(type: string | null): string {
  const hue = type === null ? undefined : HUES[type];
  return hue === undefined ? "var(--control)" : `oklch(0.62 0.13 ${hue})`;
}
