import { ApiFailure } from "@/api/failure";

/** Throws the failure again, now about the field that its code belongs to: the server names none for a conflict. */
export const atField =
  (fieldOfCode: Readonly<Record<string, string>>) =>
  (failure: unknown): never => {
    const loc = failure instanceof ApiFailure ? fieldOfCode[failure.code] : undefined;
    if (!(failure instanceof ApiFailure) || loc === undefined) throw failure;
    const { status, code, message } = failure;
    throw new ApiFailure(status, { code, error: message, details: [{ loc, message }] });
  };
