/** Lets the browser keep what `address` leads to as a file. */
export function saveFile(address: string, filename: string): void {
  Object.assign(document.createElement("a"), { href: address, download: filename }).click();
}
