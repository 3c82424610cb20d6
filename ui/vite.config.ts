import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

/** The pages that work without signal; what they load, and nothing else, is kept on the phone. */
const PHONE_PAGES = /\/(crew\/CrewApp|patrol\/PatrolApp|plant\/PlantApp)\.tsx$/;

/** Writes /sw.js from src/crew/sw.js with the list of files the phone pages need off line. */
function phoneServiceWorker(): Plugin {
  return {
    name: "phone-service-worker",
    apply: "build",
    generateBundle(_options, bundle) {
      const needed = new Set<string>();
      const add = (name: string): void => {
        const chunk = bundle[name];
        if (needed.has(name) || chunk?.type !== "chunk") return;
        needed.add(name);
        for (const style of chunk.viteMetadata?.importedCss ?? []) needed.add(style);
        for (const one of chunk.imports) add(one);
      };
      for (const chunk of Object.values(bundle)) {
        if (chunk.type === "chunk" && (chunk.isEntry || PHONE_PAGES.test(chunk.facadeModuleId ?? ""))) add(chunk.fileName);
      }
      const heavy = [...needed].filter((name) => name.includes("maplibre"));
      if (heavy.length > 0) this.error(`A phone page must not load the map library, it loads ${heavy.join(", ")}.`);
      const assets = [...needed].sort().map((name) => `/${name}`);
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
  plugins: [react(), phoneServiceWorker()],
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
