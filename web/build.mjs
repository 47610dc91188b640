/** Builds the page into src/tankerwatch/web/dist, which is committed: whoever installs Tankerwatch needs no node.
 *  `node build.mjs --check` builds into a temporary folder and compares: the committed bundle is what the sources say. */

import { build } from "esbuild";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const here = import.meta.dirname ?? new URL(".", import.meta.url).pathname;
const dist = resolve(here, "../src/tankerwatch/web/dist");
const checking = process.argv.includes("--check");
const target = checking ? mkdtempSync(join(tmpdir(), "tankerwatch-page-")) : dist;

const copies = {
  "source/index.html": "index.html",
  "source/login.html": "login.html",
  "source/entered.html": "entered.html",
  "source/icon.svg": "icon.svg",
  "node_modules/@fontsource/b612/files/b612-latin-400-normal.woff2": "b612-400.woff2",
  "node_modules/@fontsource/b612/files/b612-latin-700-normal.woff2": "b612-700.woff2",
  "node_modules/@fontsource/b612-mono/files/b612-mono-latin-400-normal.woff2": "b612-mono-400.woff2",
};

mkdirSync(target, { recursive: true });
const parts = (folder) => readdirSync(folder).filter((name) => name.startsWith("part-"));
// A part that is loaded later is named after its content: those of the last build are no longer asked for.
for (const name of parts(target)) rmSync(join(target, name));
const { metafile } = await build({
  absWorkingDir: here,
  entryPoints: ["source/app.ts", "source/login.ts"],
  bundle: true,
  minify: true,
  format: "esm",
  splitting: true,
  chunkNames: "part-[name]-[hash]",
  target: ["es2022"],
  charset: "utf8",
  legalComments: "none",
  external: ["/assets/*"],
  outdir: target,
  logLevel: "warning",
  metafile: true,
});
for (const [from, to] of Object.entries(copies)) copyFileSync(resolve(here, from), join(target, to));

/** The licences of what is in the bundle ask to go along with it. */
function licences(inputs) {
  const packages = new Set(["@fontsource/b612", "@fontsource/b612-mono", "world-atlas"]);
  for (const input of inputs) {
    const found = /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input);
    if (found) packages.add(found[1]);
  }
  return [...packages]
    .sort()
    .map((name) => {
      const folder = resolve(here, "node_modules", name);
      const { version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
      const file = readdirSync(folder).sort().find((entry) => /^licen[cs]e/i.test(entry));
      const text = file ? readFileSync(join(folder, file), "utf8").trim() : "";
      return `${name} ${version} (${license})\n\n${text}\n`;
    })
    .join(`\n${"-".repeat(72)}\n\n`);
}
writeFileSync(join(target, "licences.txt"), licences(Object.keys(metafile.inputs)));

if (checking) {
  const built = readdirSync(target).sort();
  const differing = built.filter((name) => {
    try {
      return !readFileSync(join(target, name)).equals(readFileSync(join(dist, name)));
    } catch {
      return true;
    }
  });
  differing.push(...parts(dist).filter((name) => !built.includes(name)));
  rmSync(target, { recursive: true });
  if (differing.length) {
    console.error(`the committed bundle is not what the sources build: ${differing.join(", ")}\nhelp: npm run build, then commit`);
    process.exit(1);
  }
  console.log(`the committed bundle is what the sources build: ${built.length} files`);
}
