import { create } from "zustand";
import type { Generation } from "@/api/types";
import { Dialog } from "@/ui/dialog";
import { NotesEditor } from "./notes-editor";
import { TagEditor } from "./tag-editor";

const useMarked = create<{ id: string | null }>(() => ({ id: null }));

export const editMarks = ({ id }: Generation) => useMarked.setState({ id });
const close = () => useMarked.setState({ id: null });

/** Tags and notes of the one that was chosen by `editMarks`. */
export function MarksDialog({ rows }: { rows: readonly Generation[] }) {
  const id = useMarked((now) => now.id);
  const row = rows.find((one) => one.id === id);
  if (!row) return null;
  return (
    <Dialog open onOpenChange={close} title="Tags and notes">
      <div className="flex flex-col gap-5">
        <TagEditor row={row} />
        <NotesEditor key={row.id} row={row} />
      </div>
    </Dialog>
  );
}
