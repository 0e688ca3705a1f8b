import {
  Boxes,
  CalendarClock,
  Coins,
  FileCheck2,
  FolderOpen,
  Gauge,
  Grid3x3,
  History,
  Image,
  Images,
  KeyRound,
  ListOrdered,
  ListTodo,
  type LucideIcon,
  MessageSquare,
  NotebookPen,
  Plug,
  ScrollText,
  Server,
  Settings,
  SlidersHorizontal,
  Users,
  UsersRound,
  Waypoints,
  Workflow,
} from "lucide-react";
import type { Me } from "@/api/types";

export interface Place {
  to: string;
  label: string;
  Icon: LucideIcon;
  /** Whom it is for; everybody where nothing is said. */
  isFor?: (me: Me) => boolean;
}

export interface PlaceGroup {
  label: string;
  places: readonly Place[];
}

const hasPeople = ({ mode }: Me) => mode === "required";
const isServerAdmin = (me: Me) => hasPeople(me) && me.role === "admin";
const isWorkspaceAdmin = (me: Me) => me.workspace_role === "owner" || me.workspace_role === "admin";

/** Every page that one goes to by itself, in the order of the navigation. */
export const GROUPS: readonly PlaceGroup[] = [
  {
    label: "Make",
    places: [
      { to: "/", label: "Dashboard", Icon: Gauge },
      { to: "/chat", label: "Chat", Icon: MessageSquare },
      { to: "/comfyui", label: "ComfyUI", Icon: Image },
      { to: "/tasks", label: "Tasks", Icon: ListTodo },
      { to: "/schedules", label: "Schedules", Icon: CalendarClock },
    ],
  },
  {
    label: "Find",
    places: [
      { to: "/library", label: "Library", Icon: Images },
      { to: "/batches", label: "Batches", Icon: Grid3x3 },
      { to: "/results", label: "Results", Icon: FileCheck2 },
      { to: "/queue", label: "Queue", Icon: ListOrdered },
      { to: "/history", label: "History", Icon: History },
    ],
  },
  {
    label: "Keep",
    places: [
      { to: "/projects", label: "Projects", Icon: FolderOpen },
      { to: "/prompts", label: "Prompts", Icon: NotebookPen },
      { to: "/presets", label: "Presets", Icon: SlidersHorizontal },
      { to: "/workflows", label: "Workflows", Icon: Workflow },
    ],
  },
  {
    label: "Set up",
    places: [
      { to: "/profiles", label: "Profiles", Icon: Plug },
      { to: "/models", label: "Models", Icon: Boxes },
      { to: "/machines", label: "Machines", Icon: Server },
      { to: "/usage", label: "Usage", Icon: Coins },
      { to: "/settings", label: "Settings", Icon: Settings },
    ],
  },
  {
    label: "People",
    places: [
      { to: "/users", label: "Users", Icon: Users, isFor: isServerAdmin },
      { to: "/workspaces", label: "Workspaces", Icon: UsersRound, isFor: hasPeople },
      { to: "/keys", label: "API keys", Icon: KeyRound, isFor: hasPeople },
      {
        to: "/audit",
        label: "Audit",
        Icon: ScrollText,
        isFor: (me) => hasPeople(me) && (isServerAdmin(me) || isWorkspaceAdmin(me)),
      },
      { to: "/calls", label: "API log", Icon: Waypoints, isFor: isServerAdmin },
    ],
  },
];

/** The groups as this person has them; while nobody is known yet, what everybody has. */
export function groupsFor(me: Me | undefined): PlaceGroup[] {
  const isOpen = ({ isFor }: Place) => !isFor || (me !== undefined && isFor(me));
  return GROUPS.map(({ label, places }) => ({ label, places: places.filter(isOpen) })).filter(
    ({ places }) => places.length > 0,
  );
}
