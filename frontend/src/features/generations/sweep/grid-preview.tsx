import type { AxisValues, Mode, Variable } from "./axes";
import { short } from "./axes";

interface Line {
  variable: Variable;
  count: number;
  values: AxisValues["values"];
}

interface GridPreviewProps {
  lines: readonly Line[];
  mode: Mode;
}

const MOST = 8;

/** How the pictures will stand: the first parameter down, the second across, the others in grids of their own. */
export function GridPreview({ lines, mode }: GridPreviewProps) {
  const [down, across, ...others] = lines;
  if (!down || lines.some(({ count }) => count === 0)) return null;
  const isTable = mode === "product" && across !== undefined;
  const rows = down.values.slice(0, MOST);
  const columns = isTable ? across.values.slice(0, MOST) : [];
  const grids = others.reduce((product, { count }) => product * count, 1);
  return (
    <div>
      <p className="mb-1 text-soft text-xs">
        {isTable ? `${down.variable.label} down, ${across.variable.label} across` : "One after the other"}
        {isTable && grids > 1 && `; ${grids} such grids, by ${others.map(({ variable }) => variable.label).join(", ")}`}
      </p>
      <section
        aria-label="Preview of the grid"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and a keyboard must reach that.
        tabIndex={0}
        className="max-h-60 overflow-auto rounded-md border border-line"
      >
        <table className="text-xs">
          {isTable && (
            <thead>
              <tr>
                <td />
                {columns.map((value) => (
                  <th key={String(value)} scope="col" className="max-w-28 truncate px-2 py-1 font-medium">
                    {short(String(value))}
                  </th>
                ))}
                {across.count > MOST && <td>…</td>}
              </tr>
            </thead>
          )}
          <tbody>
            {rows.map((value, at) => (
              <tr key={String(value)}>
                <th scope="row" className="max-w-40 truncate px-2 py-1 text-left font-medium">
                  {isTable ? short(String(value)) : tellPoint(lines, mode, at)}
                </th>
                {(isTable ? columns : [""]).map((column) => (
                  <td key={String(column)} className="p-0.5">
                    <span className="block h-6 w-full min-w-9 rounded bg-sunken" />
                  </td>
                ))}
              </tr>
            ))}
            {down.count > MOST && (
              <tr>
                <td className="px-2 py-1">and {(down.count - MOST).toLocaleString("en")} more</td>
              </tr>
            )}
          </tbody>
        </table>
      </section>
    </div>
  );
}

const tellPoint = (lines: readonly Line[], mode: Mode, at: number) =>
  (mode === "zip" ? lines : lines.slice(0, 1)).map(({ values }) => short(String(values[at] ?? "–"))).join(" · ");
