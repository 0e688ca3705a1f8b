import { create } from "zustand";

/** `live`: events arrive. `polling`: the server answers, but only when asked. `away`: nobody answers. */
export type Connection = "connecting" | "live" | "polling" | "away";

export const useConnection = create<{ connection: Connection }>(() => ({ connection: "connecting" }));

export const isLive = () => useConnection.getState().connection === "live";
export const setConnection = (connection: Connection) => useConnection.setState({ connection });

/** Whether anybody still answers is for the polling to find out. */
export const loseEvents = () =>
  useConnection.setState(({ connection }) => ({ connection: connection === "away" ? "away" : "polling" }));
