/** What the server says against a form: at its fields, else in one sentence. */
export function Refusal({ message }: { message: string | null }) {
  if (message === null) return null;
  return (
    <p role="alert" className="break-words text-bad text-sm">
      {message}
    </p>
  );
}
