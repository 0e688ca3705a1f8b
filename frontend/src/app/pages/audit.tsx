import { useQuery } from "@tanstack/react-query";
import type { Me } from "@/api/types";
import { AuditLog } from "@/features/audit/audit-log";
import { meOptions } from "@/features/auth/me";
import { OnlyFor } from "@/features/auth/only-for";
import { may } from "@/features/auth/rights";

const refusal = (me: Me) =>
  me.role === "admin" || may(me, "manage") ? null : "Only admins of the server, and of this workspace, see its log.";

/** What people did that others may ask about later. */
export default function AuditPage() {
  const { data: me } = useQuery(meOptions);
  return (
    <OnlyFor title="Audit" refusal={refusal}>
      {me && <AuditLog me={me} />}
    </OnlyFor>
  );
}
