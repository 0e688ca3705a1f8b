import type { Answers } from "@/features/auth/entrance";
import { roleOf } from "./roles";

const LONGEST_DAYS = 30;
const USUAL_DAYS = 7;

/** What the form of an invitation says; without an address whoever has the link may use it. */
export function invitationOf({ role, email = "", expires_in_days = "" }: Answers) {
  const days = Math.round(Number(expires_in_days)) || USUAL_DAYS;
  return {
    role: roleOf(role),
    expires_in_days: Math.min(Math.max(days, 1), LONGEST_DAYS),
    ...(email.trim() === "" ? {} : { email: email.trim() }),
  };
}
