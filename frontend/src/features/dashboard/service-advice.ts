import type { Health, Service } from "@/api/types";
import type { Tone } from "@/ui/badge";

export type ServiceName = keyof NonNullable<Health["services"]>;

interface Known {
  label: string;
  does: string;
  whenDown: string;
}

export const SERVICES: Readonly<Record<ServiceName, Known>> = {
  database: {
    label: "Database",
    does: "Keeps everything",
    whenDown: "Nothing can be read or saved. Check that PostgreSQL runs and that DATABASE_URL is right.",
  },
  redis: {
    label: "Redis",
    does: "Carries live events",
    whenDown: "Work goes on by way of PostgreSQL, without previews. Check that Redis runs and that REDIS_URL is right.",
  },
  worker: {
    label: "Worker",
    does: "Runs the queue",
    whenDown: "What is queued waits. Start one with: spoonfeeder worker",
  },
  storage: {
    label: "Storage",
    does: "Keeps pictures and files",
    whenDown: "Finished pictures cannot be kept. Check MEDIA_STORAGE_PATH, its permissions and its free space.",
  },
  ollama: {
    label: "Ollama",
    does: "Local language models",
    whenDown: "Only needed for local language models. Start it with: ollama serve",
  },
  comfyui: {
    label: "ComfyUI",
    does: "Makes the pictures",
    whenDown: "Queued pictures wait until it is back. Start it, or correct its address in its profile.",
  },
};

export const SERVICE_NAMES = Object.keys(SERVICES) as ServiceName[];

type Condition = Pick<Service, "status" | "code">;

const STATES: Record<Service["status"], { label: string; tone: Tone }> = {
  up: { label: "Up", tone: "good" },
  down: { label: "Down", tone: "bad" },
  off: { label: "Not set up", tone: "neutral" },
};

/** It was not asked, so nothing is known of whether it runs. */
const isForbidden = ({ status, code }: Condition) => status === "down" && code === "TARGET_NOT_ALLOWED";

export function stateOf(name: ServiceName, condition: Condition): { label: string; tone: Tone } {
  const { status } = condition;
  const isOptional = name === "ollama" && status === "down";
  const tone = isOptional ? "neutral" : STATES[status].tone;
  if (isForbidden(condition)) return { label: "Not allowed", tone };
  return { label: isOptional ? "Not running" : STATES[status].label, tone };
}

/** What somebody can do about it, where something is to be done that its message does not say. */
export function adviceFor(name: ServiceName, condition: Condition): string | null {
  const { status } = condition;
  if (status === "down") return isForbidden(condition) ? null : SERVICES[name].whenDown;
  return status === "off" && name === "comfyui" ? "Create a profile with the address of your ComfyUI." : null;
}

/** The whole in one sentence. Ollama is nobody's need yet, so its absence is none of the news. */
export function summaryOf(services: NonNullable<Health["services"]>): { isGood: boolean; sentence: string } {
  const down = SERVICE_NAMES.filter((name) => name !== "ollama" && services[name].status === "down");
  if (down.length === 0) return { isGood: true, sentence: "Everything that is needed works." };
  const names = down.map((name) => SERVICES[name].label).join(", ");
  return {
    isGood: false,
    sentence: `${names} ${down.length === 1 ? "does" : "do"} not work; what to do stands under Services.`,
  };
}
