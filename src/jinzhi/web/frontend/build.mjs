// Builds static/dist: app.css, app.js, chart.js, upload.js, hash-worker.js, verify.js,
// verify-worker.js, echarts-ssr.js. Run by `npm run build`.
// The targets are the old Chromium kernels of office browsers (design/ui.md 1.4).
import { build, context } from "esbuild";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { light, dark, fontFamily } from "./tokens.js";

const here = dirname(fileURLToPath(import.meta.url));
const properties = (tokens, scheme) =>
  `color-scheme:${scheme};` + Object.entries(tokens).map(([name, value]) => `--${name}:${value};`).join("");

// Paper is always light, whatever the screen shows.
const tokensCss = `
:root{${properties(light, "light")}--font:${fontFamily};}
@media screen and (prefers-color-scheme:dark){:root:not([data-theme="light"]){${properties(dark, "dark")}}}
@media screen{:root[data-theme="dark"]{${properties(dark, "dark")}}}
`;

const tokens = {
  name: "tokens",
  setup(b) {
    b.onResolve({ filter: /^tokens\.css$/ }, () => ({ path: "tokens.css", namespace: "tokens" }));
    b.onLoad({ filter: /.*/, namespace: "tokens" }, () => ({ contents: tokensCss, loader: "css" }));
  },
};

const common = {
  bundle: true, minify: true, target: ["es2020", "chrome87"], legalComments: "linked", charset: "utf8",
  outdir: resolve(here, "../static/dist"), plugins: [tokens], logLevel: "warning",
};
const jobs = [
  { ...common, entryPoints: { app: resolve(here, "css/app.css") } },
  { ...common, entryPoints: { app: resolve(here, "app.js"), chart: resolve(here, "chart.js") }, format: "esm" },
  { ...common, entryPoints: { upload: resolve(here, "upload.js"), "hash-worker": resolve(here, "hash-worker.js") }, format: "esm" },
  // only the page that verifies bundles loads these
  { ...common, entryPoints: { verify: resolve(here, "../../verifier/browser/page.js"), "verify-worker": resolve(here, "../../verifier/browser/worker.js") }, format: "esm" },
  {
    ...common, entryPoints: { "echarts-ssr": resolve(here, "echarts-ssr.js") }, format: "iife",
    globalName: "JinzhiCharts", define: { "process.env.NODE_ENV": '"production"' },
  },
];

if (process.argv.includes("--watch")) {
  for (const job of jobs) await (await context(job)).watch();
} else {
  await Promise.all(jobs.map((job) => build(job)));
}
