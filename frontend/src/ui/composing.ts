import type { KeyboardEvent } from "react";

/** Whether the key belongs to a word that is still put together; Safari says so of its last Enter by the code alone. */
export const isComposing = ({ nativeEvent }: KeyboardEvent): boolean =>
  nativeEvent.isComposing || nativeEvent.keyCode === 229;
