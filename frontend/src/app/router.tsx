import { lazy, Suspense } from "react";
import { createBrowserRouter, Link } from "react-router";
import { AcceptInvitation } from "@/features/auth/accept-invitation";
import { SetUp } from "@/features/auth/set-up";
import { SignIn } from "@/features/auth/sign-in";
import { Empty } from "@/ui/notice";
import { SkeletonList } from "@/ui/skeleton";
import { Gate, Opening } from "./gate";
import { Shell } from "./shell";

const Dashboard = lazy(() => import("./pages/dashboard"));
const ComfyUI = lazy(() => import("./pages/comfyui"));
const Profiles = lazy(() => import("./pages/profiles"));

const page = (Page: typeof Dashboard) => (
  <Suspense fallback={<SkeletonList rows={6} className="m-4 h-14" />}>
    <Page />
  </Suspense>
);

export const router = createBrowserRouter([
  {
    element: <Opening />,
    children: [
      { path: "/login", element: <SignIn /> },
      { path: "/setup", element: <SetUp /> },
      { path: "/invite", element: <AcceptInvitation /> },
      {
        element: <Gate />,
        children: [
          {
            element: <Shell />,
            children: [
              { path: "/", element: page(Dashboard) },
              { path: "/comfyui/:sessionId?", element: page(ComfyUI) },
              { path: "/profiles", element: page(Profiles) },
              { path: "*", element: <NotFound /> },
            ],
          },
        ],
      },
    ],
  },
]);

function NotFound() {
  return (
    <Empty title="There is no such page" sentence="The address may be old or mistyped.">
      <Link to="/" className="text-accent underline">
        To the dashboard
      </Link>
    </Empty>
  );
}
