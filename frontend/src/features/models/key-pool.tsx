import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useState } from "react";
import { Button } from "@/ui/button";
import { Failed } from "@/ui/notice";
import { SkeletonList } from "@/ui/skeleton";
import { Table } from "@/ui/table";
import { poolOptions } from "./key-changes";
import { KeyDialog } from "./key-dialog";
import { KeyRow } from "./key-row";

interface KeyPoolProps {
  profileId: string;
  name: string;
  mayManage: boolean;
}

/** The API keys that calls of a profile use in turn. */
export function KeyPool({ profileId, name, mayManage }: KeyPoolProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary className="min-h-9 cursor-pointer content-center text-sm">API keys of {name}</summary>
      {isOpen && <Keys profileId={profileId} name={name} mayManage={mayManage} />}
    </details>
  );
}

function Keys({ profileId, name, mayManage }: KeyPoolProps) {
  const { data: keys, error, refetch } = useQuery(poolOptions(profileId));
  const [isAdding, setAdding] = useState(false);
  if (!keys && error) return <Failed what="The keys could not be read" error={error} onRetry={() => void refetch()} />;
  if (!keys) return <SkeletonList rows={2} />;
  return (
    <div className="flex flex-col items-start gap-3">
      <p className="text-soft text-sm">
        Calls use them in turn, so that limits of one account are reached later. One that is told to pause rests; one
        that is refused is switched off.
      </p>
      {keys.length > 0 && (
        <div className="w-full">
          <Table
            label={`API keys of ${name}`}
            head={["Name", "Key", "State", "Used", ...(mayManage ? ["Actions"] : [])]}
          >
            {keys.map((key) => (
              <KeyRow key={key.id} poolKey={key} profileId={profileId} mayManage={mayManage} />
            ))}
          </Table>
        </div>
      )}
      {mayManage && (
        <Button onClick={() => setAdding(true)} aria-label={`Add a key to ${name}`}>
          <Plus size={16} aria-hidden />
          Add a key
        </Button>
      )}
      <KeyDialog profileId={profileId} open={isAdding} onOpenChange={setAdding} />
    </div>
  );
}
