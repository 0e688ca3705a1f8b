import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { Me } from "@/api/types";
import { Empty, Failed } from "@/ui/notice";
import { Page } from "@/ui/page";
import { SkeletonList } from "@/ui/skeleton";
import { meOptions } from "./me";

interface OnlyForProps {
  title: string;
  /** Null for whom the page is; else the sentence that says why it is not. */
  refusal: (me: Me) => string | null;
  actions?: ReactNode;
  wide?: boolean;
  children: ReactNode;
}

/** A page that a typed address leads everybody to, though it is not for everybody: the others are told so. */
export function OnlyFor({ title, refusal, actions, wide = false, children }: OnlyForProps) {
  const { data: me, error, refetch } = useQuery(meOptions);
  const sentence = me ? refusal(me) : null;
  const isOpen = me !== undefined && sentence === null;
  return (
    <Page title={title} wide={wide} {...(isOpen ? { actions } : {})}>
      {isOpen && children}
      {sentence !== null && <Empty title="Nothing for you here" sentence={sentence} />}
      {!me && !error && <SkeletonList rows={4} />}
      {!me && error && <Failed what="Who you are could not be read" error={error} onRetry={() => void refetch()} />}
    </Page>
  );
}

const LOCAL = "This server runs in local mode: nobody signs in, so there is nobody to manage.";

export const unlessServerAdmin = ({ mode, role }: Me): string | null => {
  if (mode === "local") return LOCAL;
  return role === "admin" ? null : "Only admins of the server see this page.";
};

export const unlessSignedIn = ({ mode }: Me): string | null => (mode === "local" ? LOCAL : null);
