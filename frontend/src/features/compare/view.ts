/** How far both pictures are zoomed in, and where to: `x` and `y` move them, in shares of the picture's box. */
export interface View {
  scale: number;
  x: number;
  y: number;
}

export const WHOLE: View = { scale: 1, x: 0, y: 0 };
const LARGEST = 12;

/** Zoomed by `factor` so that the point stays where it is; `at` is measured from the middle of the box. */
export function zoomed({ scale, x, y }: View, factor: number, at = { x: 0, y: 0 }): View {
  const next = Math.min(LARGEST, Math.max(1, scale * factor));
  const share = next / scale;
  return held({ scale: next, x: at.x - (at.x - x) * share, y: at.y - (at.y - y) * share });
}

export const moved = (view: View, x: number, y: number): View => held({ ...view, x: view.x + x, y: view.y + y });

/** No further than the edges of the box. */
function held({ scale, x, y }: View): View {
  const most = (scale - 1) / 2;
  const within = (value: number) => Math.min(most, Math.max(-most, value)) + 0;
  return { scale, x: within(x), y: within(y) };
}
