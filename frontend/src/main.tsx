import { QueryClientProvider } from "@tanstack/react-query";
import { Tooltip } from "radix-ui";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { RouterProvider } from "react-router/dom";
import { queryClient } from "@/api/queries";
import { router } from "@/app/router";
import { useAppliedTheme } from "@/app/theme";
import { Toasts } from "@/ui/toast";
import "@/app/style.css";

function Page() {
  useAppliedTheme();
  return (
    <QueryClientProvider client={queryClient}>
      <Tooltip.Provider delayDuration={400}>
        <RouterProvider router={router} />
        <Toasts />
      </Tooltip.Provider>
    </QueryClientProvider>
  );
}

const RELOAD_AFTER_MS = 60_000;

// After an update the files that an old page asks for are gone (vite.dev/guide/build, "Load Error Handling").
addEventListener("vite:preloadError", () => {
  if (Date.now() - Number(sessionStorage.getItem("reloaded")) < RELOAD_AFTER_MS) return;
  sessionStorage.setItem("reloaded", String(Date.now()));
  location.reload();
});

const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <Page />
    </StrictMode>,
  );
}
