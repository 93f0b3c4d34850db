// The colours of the design system, once, for CSS (build.mjs writes the custom properties) and for charts.
// Contrasts on the surface are those of design/ui.md section 6: text at least 4.5:1, control borders at least 3:1.
export const light = {
  bg: "#f4f6f9", surface: "#ffffff", "surface-2": "#f8fafc",
  ink: "#1c2733", "ink-2": "#4a5a6a", line: "#d5dde6", "line-strong": "#8494a5",
  brand: "#1f5fa8", "brand-strong": "#174a85", "on-brand": "#ffffff", link: "#174a85", seal: "#b4231f",
  bar: "#1f5fa8", "bar-2": "#174a85", "on-bar": "#ffffff",
  ok: "#1e7145", "ok-soft": "#e3f3ea",
  norm: "#1f5fa8", "norm-soft": "#e8f0fa",
  risk: "#8f5400", "risk-soft": "#fdf0da",
  late: "#b3261e", "late-soft": "#fce8e6",
  mark: "#ffe58a", focus: "#0b57d0",
};

export const dark = {
  bg: "#0f1720", surface: "#17212c", "surface-2": "#1d2935",
  ink: "#e6edf4", "ink-2": "#a9b8c7", line: "#2c3a48", "line-strong": "#61748a",
  brand: "#7db4f0", "brand-strong": "#a7cdf7", "on-brand": "#0f1720", link: "#a7cdf7", seal: "#f08c85",
  bar: "#14304d", "bar-2": "#1f4468", "on-bar": "#f2f7fc",
  ok: "#7fd0a0", "ok-soft": "#173226",
  norm: "#8fbff2", "norm-soft": "#1c3148",
  risk: "#f0b75e", "risk-soft": "#3a2b12",
  late: "#f5948c", "late-soft": "#42201e",
  mark: "#574500", focus: "#8ab4f8",
};

export const series = ["#1f5fa8", "#e08a1e", "#2e8b67", "#8a5aa8", "#c0392b", "#5b7083"];
export const seriesDark = ["#7db4f0", "#f0b75e", "#7fd0a0", "#c39bdd", "#f5948c", "#a9b8c7"];

export const fontFamily =
  "'PingFang SC','HarmonyOS Sans SC','Microsoft YaHei','Source Han Sans SC','Noto Sans CJK SC'," +
  "'Noto Sans SC','WenQuanYi Micro Hei',system-ui,sans-serif";
