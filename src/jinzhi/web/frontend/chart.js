// The chart island: puts an interactive canvas where the server's picture was. Without it the picture stays.
import { init, registerTheme, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import "./echarts-parts.js";
import { themes } from "./chart-theme.js";

use([CanvasRenderer]);
for (const [name, value] of Object.entries(themes)) registerTheme(name, value);

function themeName() {
  const chosen = document.documentElement.dataset.theme;
  if (chosen) return chosen;
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

export async function mount(figure) {
  const picture = figure.querySelector("[data-chart-picture]");
  const response = await fetch(figure.dataset.src, { headers: { Accept: "application/json" } });
  if (!response.ok) return; // the picture and its table are still there
  const option = await response.json();
  const plate = document.createElement("div");
  plate.className = "chart-plate";
  plate.setAttribute("role", "img");
  plate.setAttribute("aria-label", picture.querySelector("img").alt);
  plate.style.height = `${picture.getBoundingClientRect().height}px`;
  picture.before(plate);
  picture.classList.add("chart-covered"); // paper still gets the picture
  let chart = null;
  const draw = () => {
    if (chart) chart.dispose();
    chart = init(plate, themeName(), { renderer: "canvas" });
    // html tooltips write style attributes, which the content security policy refuses
    chart.setOption({ ...option, animation: false, tooltip: { trigger: "axis", ...option.tooltip, renderMode: "richText" } });
  };
  draw();
  new ResizeObserver(() => chart.resize()).observe(plate);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
}
