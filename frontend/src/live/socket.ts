import { io, type Socket } from "socket.io-client";
import { freshToken, renew, useAccess } from "@/api/access";
import { isLive, loseEvents, setConnection } from "./connection";

/** What to do with each event of the server, by its name (docs/api.md, "Socket.IO"). */
export type EventTable = Readonly<Record<string, (payload: never) => void>>;

const FIRST_DELAY_MS = 1_000;
const PATIENCE_MS = 3_000;
const LONGEST_DELAY_MS = 10_000;

const rooms = new Map<string, number>();
let socket: Socket | null = null;

/** Listens until the returned function is called; `onConnected` runs after every connect, the first included. */
export function openSocket(events: EventTable, onConnected: () => void): () => void {
  const opened = io({
    transports: ["websocket", "polling"],
    tryAllTransports: true,
    auth: giveAccess,
    autoConnect: false,
  });
  socket = opened;
  for (const [name, handle] of Object.entries(events)) opened.on(name, handle as (payload: unknown) => void);
  opened.on("connect", () => {
    setConnection("live");
    for (const room of rooms.keys()) emitRoom("subscribe", room);
    onConnected();
  });
  const stopReturning = returnAfterRefusals(opened);
  const stopRenewing = renewInTime(opened);
  opened.connect();
  // The client waits 20 s for a WebSocket that is closed before it has opened, as some proxies do.
  const patience = setTimeout(() => isLive() || loseEvents(), PATIENCE_MS);
  return () => {
    clearTimeout(patience);
    stopReturning();
    stopRenewing();
    opened.disconnect();
    if (socket === opened) socket = null;
  };
}

function giveAccess(give: (access: Record<string, string>) => void): void {
  freshToken().then((token) => {
    const { workspaceId } = useAccess.getState();
    give(token === null ? {} : { token, ...(workspaceId === null ? {} : { workspace: workspaceId }) });
  });
}

/** The client comes back by itself only after a lost network, not after a refusal or the server's own disconnect. */
function returnAfterRefusals(opened: Socket): () => void {
  let delay = FIRST_DELAY_MS;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const comeBack = () => {
    clearTimeout(timer);
    timer = setTimeout(() => opened.connect(), delay);
    delay = Math.min(delay * 2, LONGEST_DELAY_MS);
  };
  opened.on("connect", () => {
    delay = FIRST_DELAY_MS;
  });
  opened.on("disconnect", (reason) => {
    loseEvents();
    if (reason === "io server disconnect") comeBack();
  });
  opened.on("connect_error", async (error: Error & { data?: { code?: string } }) => {
    loseEvents();
    if (opened.active) return;
    if (error.data?.code === "UNAUTHORIZED" && !(await renewed())) return;
    if (socket === opened) comeBack();
  });
  return () => clearTimeout(timer);
}

/** False: nobody is signed in any more. Where that could not be found out, the next try will. */
const renewed = () => renew(useAccess.getState().token).catch(() => true);

/** An access token lives for minutes, a socket for days: the server takes a new one over the open connection. */
function renewInTime(opened: Socket): () => void {
  const timer = setInterval(() => void freshToken(), 20_000);
  const unsubscribe = useAccess.subscribe((now, before) => {
    if (now.token !== null && now.token !== before.token && opened.connected) {
      opened.emit("authenticate", { token: now.token });
    }
  });
  return () => {
    clearInterval(timer);
    unsubscribe();
  };
}

/** Hears of one session, generation or task until the returned function is called; across reconnects too. */
export function enterRoom(kind: "session" | "generation" | "task", id: string): () => void {
  const room = `${kind} ${id}`;
  const visitors = rooms.get(room) ?? 0;
  rooms.set(room, visitors + 1);
  if (visitors === 0 && socket?.connected) emitRoom("subscribe", room);
  return () => leaveRoom(room);
}

function leaveRoom(room: string): void {
  const visitors = rooms.get(room) ?? 0;
  if (visitors > 1) {
    rooms.set(room, visitors - 1);
    return;
  }
  rooms.delete(room);
  if (socket?.connected) emitRoom("unsubscribe", room);
}

function emitRoom(verb: "subscribe" | "unsubscribe", room: string): void {
  const [kind, id] = room.split(" ");
  socket?.emit(`${verb}:${kind}`, id);
}
