import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

const server = process.env.SF_SERVER ?? "http://127.0.0.1:3001";

/** Leaves a `.gz` beside each text, which the server sends to whoever takes that. */
const packed: Plugin = {
  name: "packed",
  apply: "build",
  writeBundle({ dir = "." }, bundle) {
    for (const name of Object.keys(bundle).filter((each) => /\.(css|html|js)$/.test(each))) {
      const path = join(dir, name);
      writeFileSync(`${path}.gz`, gzipSync(readFileSync(path), { level: 9 }));
    }
  },
};

export default defineConfig({
  plugins: [react(), tailwindcss(), packed],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  build: {
    outDir: "../src/spoonfeeder/web/dist",
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0,
  },
  server: { proxy: { "/api": { target: server }, "/socket.io": { target: server, ws: true } } },
});
