// Draws every chart of a page with uPlot. Without it the page's tables say the same.
//
// A chart is a <figure class="chart"> with a <script type="application/json"> in it:
//
//   {"x": {"label": "s", "values": [0, 1, 2], "log": false},
//    "y": {"label": "requests/s", "log": false},
//    "series": [{"label": "p99", "values": [1.5, null, 2]}],
//    "marks": [{"x": 0, "label": "measure"}],
//    "sync": "trial-1", "range": [-5, 15]}
//
// null is a gap. Charts with the same "sync" share their crosshair; "range" is where the x axis
// begins and ends, null for as the values do. Marks are vertical lines. Series are told apart by
// colour, dash and point, so that no colour is needed.
"use strict";

const DASHES = [[], [8, 4], [2, 3], [10, 3, 2, 3], [4, 2], [14, 4], [1, 4], [6, 2, 1, 2]];
const drawn = new Map();

function css(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function shown(value) {
  if (value == null) return "–";
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 1 ? 2 : 4;
  return value.toLocaleString("en", { maximumFractionDigits: digits });
}

function axis(side, told) {
  return {
    side,
    label: told.label,
    labelSize: 18,
    labelFont: "12px system-ui, sans-serif",
    font: "11px system-ui, sans-serif",
    stroke: css("--ink"),
    grid: { stroke: css("--grid"), width: 1 },
    ticks: { stroke: css("--grid"), width: 1 },
    size: side === 3 ? 64 : 40,
    values: (_, ticks) => ticks.map((v) => (v == null ? "" : shown(v))),
  };
}

function marks(told) {
  return (u) => {
    u.ctx.save();
    u.ctx.strokeStyle = u.ctx.fillStyle = css("--ink");
    u.ctx.textAlign = "left";
    u.ctx.textBaseline = "alphabetic";
    u.ctx.font = `${11 * devicePixelRatio}px system-ui, sans-serif`;
    let free = -Infinity; // where the label before ends: one that does not fit is left out
    for (const mark of told) {
      const x = Math.round(u.valToPos(mark.x, "x", true));
      if (x < u.bbox.left || x > u.bbox.left + u.bbox.width) continue;
      u.ctx.globalAlpha = 0.45;
      u.ctx.beginPath();
      u.ctx.moveTo(x, u.bbox.top);
      u.ctx.lineTo(x, u.bbox.top + u.bbox.height);
      u.ctx.stroke();
      u.ctx.globalAlpha = 1;
      if (x < free) continue;
      free = x + u.ctx.measureText(mark.label).width + 6 * devicePixelRatio;
      u.ctx.fillText(mark.label, x + 3 * devicePixelRatio, u.bbox.top - 3 * devicePixelRatio);
    }
    u.ctx.restore();
  };
}

function options(chart, width) {
  const lines = chart.series.map((series, i) => ({
    label: series.label,
    stroke: css(`--series-${i % 8}`),
    width: 2,
    dash: DASHES[i % DASHES.length],
    points: { show: chart.x.values.length <= 40, size: 5 + (i % 3) * 2 },
    value: (_, v) => shown(v),
    spanGaps: false,
  }));
  const yScale = chart.y.log
    ? { distr: 3 }
    : { range: (_, low, high) => [Math.min(0, low ?? 0), high > 0 ? high * 1.08 : 1] };
  const xScale = { time: false, distr: chart.x.log ? 3 : 1 };
  if (chart.range) xScale.range = () => chart.range;
  return {
    width,
    height: 200,
    scales: { x: xScale, y: yScale },
    axes: [axis(2, chart.x), axis(3, chart.y)],
    series: [{ label: chart.x.label, value: (_, v) => shown(v) }, ...lines],
    padding: [16, 12, 0, 0],
    cursor: chart.sync ? { sync: { key: chart.sync, setSeries: false } } : {},
    hooks: { draw: chart.marks ? [marks(chart.marks)] : [] },
  };
}

function draw(figure) {
  drawn.get(figure)?.destroy();
  const chart = JSON.parse(figure.querySelector("script").textContent);
  const place = figure.querySelector(".plot");
  const width = Math.max(280, place.clientWidth);
  const data = [chart.x.values, ...chart.series.map((s) => s.values)];
  drawn.set(figure, new uPlot(options(chart, width), data, place));
}

function drawVisible(again) {
  for (const figure of document.querySelectorAll("figure.chart")) {
    const visible = figure.offsetParent !== null;
    if (visible && (again || !drawn.has(figure))) draw(figure);
  }
}

// Left and right move the crosshair of the plot that has the focus, and of those in step with it.
function step(event) {
  const figure = event.target.closest?.("figure.chart");
  const u = figure && drawn.get(figure);
  const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (!u || !by || !event.target.matches(".plot")) return;
  event.preventDefault();
  const last = u.data[0].length - 1;
  const next = Math.min(last, Math.max(0, (u.cursor.idx ?? (by > 0 ? -1 : last + 1)) + by));
  const x = u.data[0][next];
  const key = u.cursor.sync?.key;
  for (const other of drawn.values()) {
    if (other !== u && (!key || other.cursor.sync?.key !== key)) continue;
    other.setCursor({ left: other.valToPos(x, "x"), top: 0 }, true, false);
  }
}

function redraw() {
  drawVisible(true);
}

let waiting = 0;
addEventListener("resize", () => {
  clearTimeout(waiting);
  waiting = setTimeout(redraw, 150);
});
addEventListener("keydown", step);
addEventListener("beforeprint", redraw);
document.addEventListener("toggle", () => drawVisible(false), true);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
drawVisible(false);
