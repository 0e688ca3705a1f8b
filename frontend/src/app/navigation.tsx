import { clsx } from "clsx";
import { Gauge, Image, Plug } from "lucide-react";
import { NavLink } from "react-router";

const PLACES = [
  { to: "/", label: "Dashboard", Icon: Gauge },
  { to: "/comfyui", label: "ComfyUI", Icon: Image },
  { to: "/profiles", label: "Profiles", Icon: Plug },
] as const;

export function Navigation({ className }: { className?: string }) {
  return (
    <nav aria-label="Pages" className={clsx("flex items-center gap-1", className)}>
      {PLACES.map(({ to, label, Icon }) => (
        <NavLink
          key={to}
          to={to}
          end={to === "/"}
          className={({ isActive }) =>
            clsx(
              "flex min-h-10 items-center gap-2 rounded-md px-3 text-sm hover:bg-hover",
              isActive ? "font-semibold text-accent" : "text-ink",
            )
          }
        >
          <Icon size={18} aria-hidden />
          {label}
        </NavLink>
      ))}
    </nav>
  );
}
