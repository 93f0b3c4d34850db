// Runs inside the server's embedded V8, which has no DOM and no timers: one global function, string to string.
import { init, registerTheme, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import "./echarts-parts.js";
import { themes } from "./chart-theme.js";

use([SVGRenderer]);
for (const [name, value] of Object.entries(themes)) registerTheme(name, value);

export function svg(optionJson, width, height, theme) {
  const chart = init(null, theme, { renderer: "svg", ssr: true, width, height });
  try {
    chart.setOption({ ...JSON.parse(optionJson), animation: false });
    return chart.renderToSVGString();
  } finally {
    chart.dispose();
  }
}
