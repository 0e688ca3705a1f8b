import { type FormEvent, type ReactNode, useEffect, useRef } from "react";
import { fieldErrorsOf, messageOf } from "@/api/failure";
import { Button } from "@/ui/button";
import { usePageTitle } from "@/ui/title";

/** A page for those who are not in yet. */
export function Entrance({ title, told, children }: { title: string; told?: ReactNode; children?: ReactNode }) {
  usePageTitle(title);
  return (
    <main className="grid min-h-full place-items-center p-4">
      <section className="w-full max-w-md rounded-xl border border-line bg-raised p-6 shadow-sm sm:p-8">
        <p className="text-soft text-sm">Spoon Feeder</p>
        <h1 className="mt-1 mb-2 font-semibold text-2xl">{title}</h1>
        <div aria-live="polite" className="break-words text-sm">
          {told}
        </div>
        {children}
      </section>
    </main>
  );
}

export type Answers = Readonly<Record<string, string>>;

interface EntranceFormProps {
  verb: string;
  busy: boolean;
  error: unknown;
  onSend: (answers: Answers) => void;
  children: ReactNode;
}

/** Its fields are named as those of the API; what is wrong with one stands beneath it, all else above the button. */
export function EntranceForm({ verb, busy, error, onSend, children }: EntranceFormProps) {
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (error) form.current?.querySelector<HTMLElement>('[aria-invalid="true"], [type="password"]')?.focus();
  }, [error]);
  const send = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const given = [...new FormData(event.currentTarget)];
    onSend(Object.fromEntries(given.map(([name, value]) => [name, String(value)])));
  };
  return (
    <form ref={form} method="post" onSubmit={send} className="mt-5 flex flex-col gap-4">
      {children}
      <Trouble error={error} />
      <Button type="submit" look="strong" busy={busy} className="min-h-11">
        {verb}
      </Button>
    </form>
  );
}

/** Why it did not work, told at once. */
export function Trouble({ error }: { error: unknown }) {
  if (!error) return null;
  const isAtFields = Object.keys(fieldErrorsOf(error)).length > 0;
  return (
    <p role="alert" className="break-words text-bad text-sm">
      {isAtFields ? "Something is not right yet: see what is marked." : messageOf(error)}
    </p>
  );
}
