import { useQuery } from "@tanstack/react-query";
import { PanelLeft, SlidersHorizontal } from "lucide-react";
import { useState } from "react";
import { Navigate, useNavigate, useParams } from "react-router";
import type { Session } from "@/api/types";
import { useIsViewer } from "@/features/auth/me";
import { Underway } from "@/features/generations/cancel-all";
import { Timeline } from "@/features/generations/cards/timeline";
import { chooseWorkflow } from "@/features/generations/form/generate";
import { GenerateForm } from "@/features/generations/form/generate-form";
import { forgetLastSession, lastSession, useOpenSession, useSetting } from "@/features/generations/form/open-session";
import { ParameterPanel, ParameterSheet } from "@/features/generations/form/parameter-panel";
import { focusPrompt, submitPrompt } from "@/features/generations/form/prompt-box";
import { MissingSession, NoComfyUI, Start } from "@/features/generations/form/start";
import { ExportButton } from "@/features/library/export-button";
import { ComfyUIIndicator } from "@/features/profiles/comfyui-indicator";
import { useKeptSearch } from "@/features/sessions/project-filter";
import { sessionsOptions } from "@/features/sessions/queries";
import { SessionSidebar } from "@/features/sessions/sidebar";
import { WorkflowDrop } from "@/features/workflows/drop";
import { WorkflowSelector } from "@/features/workflows/selector";
import { IconButton } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { Failed } from "@/ui/notice";
import { useIsPhone } from "@/ui/phone";
import { useShortcut } from "@/ui/shortcuts";
import { SkeletonList } from "@/ui/skeleton";
import { usePageTitle } from "@/ui/title";

/** Sessions at the side; workflow, settings, pictures and prompt of the one that is open. */
export default function ComfyUIPage() {
  const { sessionId = null } = useParams<{ sessionId: string }>();
  const { data: sessions } = useQuery(sessionsOptions);
  const navigate = useNavigate();
  const search = useKeptSearch();
  const isPhone = useIsPhone();
  const { session, ...opening } = useOpenSession(sessionId);
  useShortcut("Mod+Enter", "Generate", submitPrompt);
  useShortcut("/", "Write the prompt", focusPrompt);
  usePageTitle(session?.title ?? "ComfyUI");

  const select = (id: string | null) => {
    if (id === null) forgetLastSession();
    navigate({ pathname: id === null ? "/comfyui" : `/comfyui/${id}`, search });
  };
  const last = sessionId === null ? sessions?.find(({ id }) => id === lastSession()) : undefined;
  if (last) return <Navigate to={{ pathname: `/comfyui/${last.id}`, search }} replace />;

  return (
    <div className="flex h-full min-h-0">
      <h1 className="sr-only">{session?.title ?? "ComfyUI"}</h1>
      {!isPhone && (
        <aside className="w-68 shrink-0 border-line border-r bg-raised">
          <SessionSidebar activeId={sessionId} onSelect={select} />
        </aside>
      )}
      <Main session={session} opening={opening} sessionId={sessionId} onSelect={select} />
    </div>
  );
}

interface MainProps {
  sessionId: string | null;
  session: Session | null;
  opening: Omit<ReturnType<typeof useOpenSession>, "session">;
  onSelect: (id: string | null) => void;
}

function Main({ sessionId, session, opening, onSelect }: MainProps) {
  const setting = useSetting(session);
  const { profileId, workflow, profiles } = setting;
  const choose = (id: string) => chooseWorkflow(sessionId, id);
  const of = { sessionId: session?.id ?? null, workflowId: workflow?.id ?? null, profileId };
  const isThere = session !== null || (sessionId === null && profiles.length > 0);
  const isViewer = useIsViewer();
  const hasForm = isThere && !setting.isPending && !isViewer;
  return (
    <WorkflowDrop onImported={choose}>
      <div className="flex min-w-0 flex-1 flex-col">
        <Toolbar of={of} onSelect={onSelect} onChoose={choose} hasForm={hasForm} />
        <div className="relative flex min-h-0 flex-1 flex-col overflow-y-auto">
          {session ? (
            <Timeline key={session.id} sessionId={session.id} onReused={focusPrompt} />
          ) : (
            <WithoutSession opening={opening} setting={setting} onSelect={onSelect} onImported={choose} />
          )}
        </div>
        {session && <Underway sessionId={session.id} />}
        {hasForm && <GenerateForm {...of} />}
        {isViewer && (
          <p className="border-line border-t bg-raised px-3 py-2 text-soft text-sm">
            You may look at everything in this workspace; its members generate.
          </p>
        )}
      </div>
    </WorkflowDrop>
  );
}

interface WithoutSessionProps extends Pick<MainProps, "opening" | "onSelect"> {
  setting: ReturnType<typeof useSetting>;
  onImported: (workflowId: string) => void;
}

function WithoutSession({ opening, setting, onSelect, onImported }: WithoutSessionProps) {
  const { data: sessions = [] } = useQuery(sessionsOptions);
  if (opening.isMissing) return <MissingSession others={sessions} onStart={() => onSelect(null)} />;
  if (opening.error) {
    return <Failed what="The sessions could not be read" error={opening.error} onRetry={opening.retry} />;
  }
  if (setting.error) {
    return <Failed what="The workflows could not be read" error={setting.error} onRetry={setting.retry} />;
  }
  if (opening.isPending || setting.isPending) return <SkeletonList rows={4} className="m-4 h-24" />;
  if (setting.profiles.length === 0) return <NoComfyUI />;
  return <Start isFirst={sessions.length === 0 || setting.workflow === null} onImported={onImported} />;
}

interface ToolbarProps {
  of: { sessionId: string | null; workflowId: string | null; profileId: string | null };
  onSelect: (id: string | null) => void;
  onChoose: (workflowId: string) => void;
  hasForm: boolean;
}

/** Where it runs, what runs, and how it is set; on a phone the last is a sheet, and so are the sessions. */
function Toolbar({ of, onSelect, onChoose, hasForm }: ToolbarProps) {
  const isPhone = useIsPhone();
  const [sheet, setSheet] = useState<"sessions" | "settings" | null>(null);
  const close = () => setSheet(null);
  return (
    <>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1.5 border-line border-b bg-raised px-3 py-1.5">
        {isPhone && (
          <IconButton look="plain" label="Sessions" onClick={() => setSheet("sessions")}>
            <PanelLeft size={17} aria-hidden />
          </IconButton>
        )}
        {isPhone && hasForm && (
          <IconButton look="plain" label="Settings" onClick={() => setSheet("settings")}>
            <SlidersHorizontal size={17} aria-hidden />
          </IconButton>
        )}
        <div className="min-w-0 max-md:flex-1">
          <ComfyUIIndicator profileId={of.profileId} />
        </div>
        <div className="min-w-0 flex-1 basis-96 max-lg:basis-full">
          <WorkflowSelector workflowId={of.workflowId} onChoose={onChoose} />
        </div>
        {of.sessionId && !isPhone && (
          <ExportButton of={{ kind: "session", id: of.sessionId }} label="ZIP" look="quiet" />
        )}
      </div>
      {!isPhone && hasForm && <ParameterPanel {...of} />}
      <Dialog open={sheet === "sessions"} onOpenChange={close} title="Sessions">
        <div className="-mx-5 -my-4 h-[70dvh]">
          <SessionSidebar
            activeId={of.sessionId}
            onSelect={(id) => {
              close();
              onSelect(id);
            }}
          />
        </div>
      </Dialog>
      <Dialog open={sheet === "settings"} onOpenChange={close} title="Settings">
        <ParameterSheet {...of} />
      </Dialog>
    </>
  );
}
