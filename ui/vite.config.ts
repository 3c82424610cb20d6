import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

/** Assets a crew phone never needs: the map library and the control room. */
const DESK_ONLY = /maplibre|DeskApp|CityMap/;

/** Writes /sw.js from src/crew/sw.js with the list of files the crew shell needs off line. */
function crewServiceWorker(): Plugin {
  return {
    name: "crew-service-worker",
    apply: "build",
    generateBundle(_options, bundle) {
      const assets = Object.keys(bundle)
        .filter((name) => name.startsWith("assets/") && !DESK_ONLY.test(name))
        .sort()
        .map((name) => `/${name}`);
      const version = createHash("sha256").update(assets.join("\n")).digest("hex").slice(0, 12);
      const source = readFileSync(new URL("./src/crew/sw.js", import.meta.url), "utf8")
        .replace("__VERSION__", JSON.stringify(version))
        .replace("__ASSETS__", JSON.stringify(assets));
      this.emitFile({ type: "asset", fileName: "sw.js", source });
    },
  };
}

export default defineConfig({
  base: "/",
  plugins: [react(), crewServiceWorker()],
  build: {
    outDir: "../src/qingshu/web/static",
    emptyOutDir: true,
    // The oldest browsers met on duty-room machines are Chromium 103 builds.
    target: ["chrome103", "safari15.4", "firefox104"],
    chunkSizeWarningLimit: 1200,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: "maplibre", test: /node_modules[\\/]maplibre-gl/ },
            { name: "react", test: /node_modules[\\/](react|react-dom|scheduler)[\\/]/ },
          ],
        },
      },
    },
  },
  server: { proxy: { "/api": process.env["QINGSHU_API"] ?? "http://127.0.0.1:8017" } },
});
