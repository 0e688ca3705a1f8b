import type { components } from "@/api/schema";
import { textOf } from "@/features/graph/read-graph";
import { Cell, Row, Table } from "@/ui/table";

/** Those that differ, as they are in each. */
export function Parameters({ changes }: { changes: readonly components["schemas"]["ParameterChange"][] }) {
  return (
    <Table label="Parameters that differ" head={["Parameter", "A", "B"]}>
      {changes.map(({ name, a, b }) => (
        <Row key={name}>
          <Cell className="break-words font-medium">{name}</Cell>
          <Cell className="break-words">{shown(a)}</Cell>
          <Cell className="break-words">{shown(b)}</Cell>
        </Row>
      ))}
    </Table>
  );
}

const shown = (value: unknown) => (value === null || value === undefined ? "–" : textOf(value));
