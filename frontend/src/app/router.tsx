import { type ComponentType, lazy, Suspense } from "react";
import { createBrowserRouter, Link } from "react-router";
import { AcceptInvitation } from "@/features/auth/accept-invitation";
import { SetUp } from "@/features/auth/set-up";
import { SignIn } from "@/features/auth/sign-in";
import { Page } from "@/ui/page";
import { SkeletonList } from "@/ui/skeleton";
import { Gate, Opening } from "./gate";
import { Shell } from "./shell";

/** Each page is a file of its own, fetched when somebody goes there. */
const PAGES: Record<string, () => Promise<{ default: ComponentType }>> = {
  "/": () => import("./pages/dashboard"),
  "/chat/:conversationId?": () => import("./pages/chat"),
  "/chat/compare": () => import("./pages/chat-compare"),
  "/comfyui/:sessionId?": () => import("./pages/comfyui"),
  "/tasks/:taskId?": () => import("./pages/tasks"),
  "/schedules": () => import("./pages/schedules"),
  "/library": () => import("./pages/library"),
  "/library/compare": () => import("./pages/generation-compare"),
  "/generations/:generationId": () => import("./pages/generation"),
  "/batches/:batchId?": () => import("./pages/batches"),
  "/results": () => import("./pages/results"),
  "/queue": () => import("./pages/queue"),
  "/history": () => import("./pages/history"),
  "/projects/:projectId?": () => import("./pages/projects"),
  "/prompts": () => import("./pages/prompts"),
  "/presets": () => import("./pages/presets"),
  "/workflows/:workflowId?": () => import("./pages/workflows"),
  "/profiles": () => import("./pages/profiles"),
  "/models": () => import("./pages/models"),
  "/machines": () => import("./pages/machines"),
  "/usage": () => import("./pages/usage"),
  "/settings": () => import("./pages/settings"),
  "/users": () => import("./pages/users"),
  "/workspaces": () => import("./pages/workspaces"),
  "/keys": () => import("./pages/keys"),
  "/audit": () => import("./pages/audit"),
  "/calls": () => import("./pages/calls"),
};

const pages = Object.entries(PAGES).map(([path, load]) => {
  const Shown = lazy(load);
  return {
    path,
    element: (
      <Suspense fallback={<SkeletonList rows={6} className="m-4 h-14" />}>
        <Shown />
      </Suspense>
    ),
  };
});

export const router = createBrowserRouter([
  {
    element: <Opening />,
    children: [
      { path: "/login", element: <SignIn /> },
      { path: "/setup", element: <SetUp /> },
      { path: "/invite", element: <AcceptInvitation /> },
      {
        element: <Gate />,
        children: [{ element: <Shell />, children: [...pages, { path: "*", element: <NotFound /> }] }],
      },
    ],
  },
]);

function NotFound() {
  return (
    <Page title="There is no such page">
      <p>The address may be old or mistyped.</p>
      <Link to="/" className="self-start text-accent underline">
        To the dashboard
      </Link>
    </Page>
  );
}
