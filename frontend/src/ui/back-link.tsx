import { ArrowLeft } from "lucide-react";
import { Link } from "react-router";

/** The way from one row's page to the list of all. */
export function BackLink({ to, children }: { to: string; children: string }) {
  return (
    <Link to={to} className="inline-flex min-h-9 items-center gap-2 rounded-md px-3 font-medium text-sm hover:bg-hover">
      <ArrowLeft size={16} aria-hidden />
      {children}
    </Link>
  );
}
