/** Builds the pages of the peers into `built`, for bench/page.py. They take the ships from the desk by the page's own code. */

import { build } from "esbuild";
import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";

const here = import.meta.dirname;
const target = join(here, "built");
mkdirSync(target, { recursive: true });
await build({
  absWorkingDir: here,
  entryPoints: ["features.ts", "maplibre.ts"],
  bundle: true,
  minify: true,
  format: "esm",
  target: ["es2022"],
  external: ["./maplibre-gl.mjs"],
  nodePaths: [join(here, "node_modules"), join(here, "../../web/node_modules")],
  outdir: target,
  logLevel: "warning",
});
for (const name of ["features.html", "maplibre.html"]) copyFileSync(join(here, name), join(target, name));
for (const name of ["", "-shared", "-worker"]) {
  const file = `maplibre-gl${name}.mjs`;
  copyFileSync(join(here, "node_modules/maplibre-gl/dist", file), join(target, file));
}
