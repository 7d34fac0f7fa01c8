import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** One chunk in import order: `zod-without-eval` has to run before the first schema, whichever page is loaded first. */
const schemas = { name: "schemas", test: /node_modules\/zod\/|packages\/contract\/(?!src\/checkout)|zod-without-eval/ };

export default defineConfig({
  plugins: [react()],
  build: {
    outDir: "dist",
    chunkSizeWarningLimit: 900,
    target: "es2023",
    sourcemap: false,
    rolldownOptions: { output: { codeSplitting: { groups: [schemas] } } },
  },
  server: { port: 4710, proxy: { "/api": "http://127.0.0.1:4700", "/oidc": "http://127.0.0.1:4700" } },
});
