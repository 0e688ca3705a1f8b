import type { Me } from "@/api/types";
import { CallLog } from "@/features/audit/call-log";
import { OnlyFor } from "@/features/auth/only-for";

const refusal = ({ role }: Me) => (role === "admin" ? null : "Only admins of the server see its API log.");

export default function CallsPage() {
  return (
    <OnlyFor title="API log" refusal={refusal} wide>
      <CallLog />
    </OnlyFor>
  );
}
