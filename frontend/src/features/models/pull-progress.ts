/** How far a download is, of all the layers that were told of so far. */
export interface PullProgress {
  /** What Ollama does now, in its words. */
  status: string;
  layers: Readonly<Record<string, { total: number; completed: number }>>;
  percent: number;
}

export const NOT_BEGUN: PullProgress = { status: "asking", layers: {}, percent: 0 };

interface Told {
  status: string;
  digest: string | null;
  total_bytes: number | null;
  completed_bytes: number | null;
}

/** A layer that is told of later makes the whole larger, but what is shown never goes back. */
export function progressAfter(now: PullProgress, { status, digest, total_bytes, completed_bytes }: Told): PullProgress {
  if (digest === null || total_bytes === null) return { ...now, status };
  const layers = { ...now.layers, [digest]: { total: total_bytes, completed: completed_bytes ?? 0 } };
  const { total, completed } = amountOf(layers);
  const percent = total === 0 ? 0 : Math.min(99, Math.floor((100 * completed) / total));
  return { status, layers, percent: Math.max(now.percent, percent) };
}

export function amountOf(layers: PullProgress["layers"]): { total: number; completed: number } {
  const all = Object.values(layers);
  return {
    total: all.reduce((sum, layer) => sum + layer.total, 0),
    completed: all.reduce((sum, layer) => sum + layer.completed, 0),
  };
}
