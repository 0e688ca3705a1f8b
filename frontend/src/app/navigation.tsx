import { useQuery } from "@tanstack/react-query";
import { clsx } from "clsx";
import { Menu, PanelLeftClose, PanelLeftOpen } from "lucide-react";
import { useState } from "react";
import { NavLink } from "react-router";
import { meOptions } from "@/features/auth/me";
import { IconButton } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { groupsFor, type Place } from "./places";
import { useRailNames } from "./rail";

const LINK = "flex items-center rounded-md hover:bg-hover";
const lookOf = ({ isActive }: { isActive: boolean }) => (isActive ? "font-semibold text-accent" : "text-ink");

/** At the side of a wide window: all pages, with their names where there is room for them or somebody wants them. */
export function NavigationRail({ className }: { className?: string }) {
  const { data: me } = useQuery(meOptions);
  const [hasNames, toggleNames] = useRailNames();
  const Fold = hasNames ? PanelLeftClose : PanelLeftOpen;
  return (
    <nav
      aria-label="Pages"
      className={clsx(
        "shrink-0 overflow-y-auto border-line border-r bg-raised p-2",
        hasNames ? "w-40" : "w-14",
        className,
      )}
    >
      {groupsFor(me).map(({ label, places }) => (
        <ul key={label} aria-label={label} className="mb-2 border-line border-b pb-2">
          {places.map((place) => (
            <li key={place.to}>
              <RailLink {...place} hasName={hasNames} />
            </li>
          ))}
        </ul>
      ))}
      <IconButton
        label={hasNames ? "Hide the names of the pages" : "Show the names of the pages"}
        onClick={toggleNames}
      >
        <Fold size={18} aria-hidden />
      </IconButton>
    </nav>
  );
}

function RailLink({ to, label, Icon, hasName }: Place & { hasName: boolean }) {
  return (
    <NavLink
      to={to}
      end={to === "/"}
      title={label}
      className={(now) => clsx(LINK, lookOf(now), "min-h-9 gap-2.5 px-2.5 text-sm", !hasName && "justify-center")}
    >
      <Icon size={18} aria-hidden className="shrink-0" />
      <span className={hasName ? "truncate" : "sr-only"}>{label}</span>
    </NavLink>
  );
}

const ON_A_PHONE = ["/", "/chat", "/comfyui", "/library"];

/** At the foot of a phone: four pages, and the way to all. */
export function NavigationBar({ className }: { className?: string }) {
  const { data: me } = useQuery(meOptions);
  const [open, setOpen] = useState(false);
  const groups = groupsFor(me);
  const first = groups.flatMap(({ places }) => places).filter(({ to }) => ON_A_PHONE.includes(to));
  return (
    <>
      <nav aria-label="Pages" className={clsx("flex border-line border-t bg-raised", className)}>
        {first.map((place) => (
          <BarLink key={place.to} {...place} />
        ))}
        <button type="button" onClick={() => setOpen(true)} className={clsx(LINK, BAR)}>
          <Menu size={18} aria-hidden />
          More
        </button>
      </nav>
      <Dialog open={open} onOpenChange={setOpen} title="All pages">
        {groups.map(({ label, places }) => (
          <section key={label} aria-label={label} className="mb-4">
            <h3 className="mb-1 text-soft text-sm">{label}</h3>
            <ul className="grid grid-cols-2 gap-1">
              {places.map(({ to, label: name, Icon }) => (
                <li key={to}>
                  <NavLink
                    to={to}
                    end={to === "/"}
                    onClick={() => setOpen(false)}
                    className={(now) => clsx(LINK, lookOf(now), "min-h-11 gap-3 px-2")}
                  >
                    <Icon size={18} aria-hidden className="shrink-0" />
                    {name}
                  </NavLink>
                </li>
              ))}
            </ul>
          </section>
        ))}
      </Dialog>
    </>
  );
}

const BAR = "min-h-12 min-w-0 flex-1 flex-col justify-center gap-0.5 text-xs";

function BarLink({ to, label, Icon }: Place) {
  return (
    <NavLink to={to} end={to === "/"} className={(now) => clsx(LINK, BAR, lookOf(now))}>
      <Icon size={18} aria-hidden />
      {label}
    </NavLink>
  );
}
