import { UserPlus } from "lucide-react";
import { useState } from "react";
import { OnlyFor, unlessServerAdmin } from "@/features/auth/only-for";
import { NewUser } from "@/features/users/user-dialog";
import { UserList } from "@/features/users/user-list";
import { Button } from "@/ui/button";

/** Who has an account on this server; for its admins. */
export default function UsersPage() {
  const [isCreating, setCreating] = useState(false);
  const create = (
    <Button look="strong" onClick={() => setCreating(true)}>
      <UserPlus size={16} aria-hidden />
      New user
    </Button>
  );
  return (
    <OnlyFor title="Users" refusal={unlessServerAdmin} actions={create}>
      <UserList />
      <NewUser open={isCreating} onOpenChange={setCreating} />
    </OnlyFor>
  );
}
