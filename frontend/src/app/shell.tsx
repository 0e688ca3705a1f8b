import { Keyboard, Moon, Sun, SunMoon } from "lucide-react";
import { Outlet, useLocation, useNavigate } from "react-router";
import { AccountMenu } from "@/features/auth/account-menu";
import { VariationsHost } from "@/features/generations/variations/host";
import { PullDock } from "@/features/models/pull-dock";
import { NotificationBell } from "@/features/notifications/bell";
import { IconButton } from "@/ui/button";
import { Shortcuts, showShortcuts, useShortcut } from "@/ui/shortcuts";
import { ConnectionIndicator } from "./connection";
import { ErrorBoundary } from "./error-boundary";
import { Live } from "./live";
import { NavigationBar, NavigationRail } from "./navigation";
import { changeTheme, type Theme, useTheme } from "./theme";

/** What stands around every page once somebody may see it. */
export function Shell() {
  const { pathname } = useLocation();
  return (
    <div className="flex h-full flex-col">
      <a href="#main" className="sr-only focus:not-sr-only focus:absolute focus:z-50 focus:bg-raised focus:p-3">
        Skip to the page
      </a>
      <header className="flex items-center gap-4 border-line border-b bg-raised px-4">
        <span className="py-2.5 font-semibold">Spoon Feeder</span>
        <div className="ml-auto flex items-center gap-1">
          <ConnectionIndicator />
          <NotificationBell />
          <IconButton label="Keyboard shortcuts" onClick={showShortcuts} className="max-sm:hidden">
            <Keyboard size={18} aria-hidden />
          </IconButton>
          <ThemeButton />
          <AccountMenu />
        </div>
      </header>
      <div className="flex min-h-0 flex-1">
        <NavigationRail className="max-sm:hidden" />
        <main id="main" tabIndex={-1} className="min-h-0 min-w-0 flex-1 overflow-hidden outline-none">
          <ErrorBoundary key={pathname.split("/")[1]}>
            <Outlet />
          </ErrorBoundary>
        </main>
      </div>
      <NavigationBar className="pb-[env(safe-area-inset-bottom)] sm:hidden" />
      <PullDock />
      <VariationsHost />
      <Live />
      <Shortcuts />
      <Places />
    </div>
  );
}

const THEME_ICONS: Record<Theme, typeof Sun> = { system: SunMoon, light: Sun, dark: Moon };

function ThemeButton() {
  const theme = useTheme((now) => now.theme);
  const Icon = THEME_ICONS[theme];
  return (
    <IconButton label={`Theme: ${theme}`} onClick={changeTheme}>
      <Icon size={18} aria-hidden />
    </IconButton>
  );
}

function Places() {
  const navigate = useNavigate();
  useShortcut("Alt+1", "Go to the dashboard", () => navigate("/"));
  useShortcut("Alt+2", "Go to ComfyUI", () => navigate("/comfyui"));
  useShortcut("Alt+3", "Go to chat", () => navigate("/chat"));
  useShortcut("Alt+4", "Go to the library", () => navigate("/library"));
  useShortcut("Alt+5", "Go to the tasks", () => navigate("/tasks"));
  return null;
}
