import { Cell, type GridProps } from "./cell";
import type { Table } from "./grid";
import { labelOf, valueText, wholeText } from "./naming";

/** The first parameter down, the second across. It scrolls in itself; its heads stay in sight. */
export function TableGrid({ batch, cells, parameters, roving, px, onOpen, grid }: GridProps & { grid: Table }) {
  const [down, across] = batch.axes.map(({ parameter }) => labelOf(parameter, parameters));
  const first =
    roving.current !== null && grid.rows.flat().includes(roving.current) ? roving.current : grid.rows[0]?.[0];
  return (
    <section
      ref={roving.box}
      aria-label={`${down} down, ${across} across`}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and a keyboard must reach that.
      tabIndex={0}
      className="max-h-[80dvh] overflow-auto rounded-lg border border-line bg-raised"
    >
      <table aria-label="Pictures" {...roving.keys} className="border-separate border-spacing-1 text-xs">
        <thead>
          <tr>
            <th scope="col" className="sticky top-0 left-0 z-20 bg-raised px-2 py-1 text-left font-normal text-soft">
              {down} ↓ {across} →
            </th>
            {grid.across.map((value) => (
              <th
                key={JSON.stringify(value)}
                scope="col"
                className="sticky top-0 z-10 bg-raised px-1 py-1 font-semibold"
                title={wholeText(value)}
              >
                <span className="block truncate" style={{ maxWidth: px }}>
                  {valueText(value)}
                </span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {grid.rows.map((places, row) => (
            <tr key={places[0]}>
              <th scope="row" className="sticky left-0 z-10 bg-raised px-2 text-left font-semibold">
                <span className="line-clamp-4 max-w-24 break-words sm:max-w-40" title={wholeText(grid.down[row])}>
                  {valueText(grid.down[row])}
                </span>
              </th>
              {places.map((place, column) => (
                <td key={place} data-place={place} className="p-0" style={{ minWidth: px, width: px }}>
                  <Cell
                    row={cells.get(place)}
                    name={`${down} ${valueText(grid.down[row])}, ${across} ${valueText(grid.across[column])}`}
                    px={px}
                    isCurrent={place === first}
                    onOpen={onOpen}
                  />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
