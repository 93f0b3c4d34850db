// One theme for the server's SVG and the browser's canvas; registered under the names "light" and "dark".
import { light, dark, series, seriesDark, fontFamily } from "./tokens.js";

function theme(tokens, color) {
  const axis = {
    axisLine: { lineStyle: { color: tokens["line-strong"] } },
    axisTick: { lineStyle: { color: tokens["line-strong"] } },
    axisLabel: { color: tokens["ink-2"], fontSize: 12.5 },
    nameTextStyle: { color: tokens["ink-2"], fontSize: 12.5 },
    splitLine: { lineStyle: { color: tokens.line } },
  };
  return {
    color,
    backgroundColor: tokens.surface,
    textStyle: { fontFamily, color: tokens.ink },
    title: { textStyle: { color: tokens.ink }, subtextStyle: { color: tokens["ink-2"] } },
    legend: { textStyle: { color: tokens["ink-2"], fontSize: 12.5 } },
    label: { color: tokens.ink },
    categoryAxis: axis,
    valueAxis: axis,
    timeAxis: axis,
    tooltip: {
      backgroundColor: tokens.surface, borderColor: tokens["line-strong"],
      textStyle: { color: tokens.ink, fontFamily }, renderMode: "richText",
    },
    visualMap: { textStyle: { color: tokens["ink-2"] } },
  };
}

export const themes = { light: theme(light, series), dark: theme(dark, seriesDark) };
