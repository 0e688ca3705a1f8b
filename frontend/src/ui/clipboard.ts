import { toast } from "./toast";

/** Copies the text, and says so. `navigator.clipboard` exists only on HTTPS and on this machine. */
export async function copyText(text: string, what: string): Promise<void> {
  const isCopied = await write(text).catch(() => writeByEvent(text));
  if (isCopied) toast({ kind: "info", message: `${what} copied.` });
  else
    toast({ kind: "error", message: "The browser does not allow copying here. Select the text and copy it by hand." });
}

async function write(text: string): Promise<boolean> {
  await navigator.clipboard.writeText(text);
  return true;
}

function writeByEvent(text: string): boolean {
  const fill = (event: ClipboardEvent) => {
    event.preventDefault();
    event.clipboardData?.setData("text/plain", text);
  };
  document.addEventListener("copy", fill, { once: true });
  const isCopied = document.execCommand("copy");
  document.removeEventListener("copy", fill);
  return isCopied;
}
