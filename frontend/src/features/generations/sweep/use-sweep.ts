import { useRef, useState } from "react";
import { type AxisDraft, type Mode, newAxis, USUAL_LIMIT, type Variable } from "./axes";

export interface SweepSetting {
  mode: Mode;
  limit: number;
}

/** A sweep while it is written. */
export function useSweep() {
  const [axes, setAxes] = useState<readonly AxisDraft[]>([]);
  const [setting, setSetting] = useState<SweepSetting>({ mode: "product", limit: USUAL_LIMIT });
  const lastKey = useRef(0);
  return {
    axes,
    ...setting,
    add: (variable: Variable) => {
      lastKey.current += 1;
      setAxes([...axes, newAxis(lastKey.current, variable)]);
    },
    change: (key: number, changed: Partial<AxisDraft>) =>
      setAxes(axes.map((axis) => (axis.key === key ? { ...axis, ...changed } : axis))),
    remove: (key: number) => setAxes(axes.filter((axis) => axis.key !== key)),
    set: (changed: Partial<SweepSetting>) => setSetting({ ...setting, ...changed }),
  };
}
