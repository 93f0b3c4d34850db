// The chart families this installation draws; the same set in the browser and on the server.
import { use } from "echarts/core";
import { BarChart, LineChart, PieChart, ScatterChart, HeatmapChart, TreemapChart, SankeyChart, GraphChart }
  from "echarts/charts";
import { GridComponent, LegendComponent, TitleComponent, TooltipComponent, VisualMapComponent, AriaComponent,
  MarkLineComponent, MarkAreaComponent, DatasetComponent } from "echarts/components";

use([BarChart, LineChart, PieChart, ScatterChart, HeatmapChart, TreemapChart, SankeyChart, GraphChart,
  GridComponent, LegendComponent, TitleComponent, TooltipComponent, VisualMapComponent, AriaComponent,
  MarkLineComponent, MarkAreaComponent, DatasetComponent]);
