// One chart, drawn with uPlot: for the live page, for reports and for the results site alike.
//
//   const chart = new BenchrigChart(plot, told);   plot: the element it fills; its legend comes after
//   chart.update(told);                            the same chart with newer values
//
// What `told` is, docs/dashboards.md says. null is unknown: a gap, and never zero.
"use strict";

const benchrigMake = (tag, className, parent, textContent = "") => {
  const element = Object.assign(document.createElement(tag), { className, textContent });
  parent.append(element);
  return element;
};

// Charts with one name for `sync` share their crosshair and their zoom.
class BenchrigGroup {
  static named = new Map();

  static of(name) {
    if (!name) return new BenchrigGroup();
    if (!this.named.has(name)) this.named.set(name, new BenchrigGroup());
    return this.named.get(name);
  }

  // onzoom: told of each zoom; null shows everything.
  constructor() { Object.assign(this, { charts: new Set(), at: null, range: null, onzoom: () => {} }); }

  hover(at, from) {
    this.at = at;
    for (const chart of this.charts) {
      if (chart !== from) chart.point();
      chart.tell();
    }
  }

  zoom(range) {
    this.range = range;
    this.onzoom(range);
    for (const chart of this.charts) chart.refresh();
  }
}

class BenchrigChart {
  static Legend = BenchrigLegend;
  static every = new Set();
  // Series are told apart by colour, dash and point, so that no colour is needed.
  static DASHES = [[], [8, 4], [2, 3], [10, 3, 2, 3], [4, 2], [14, 4], [1, 4], [6, 2, 1, 2]];
  static CLOCK_STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21600, 86400];
  static BYTE_STEPS = Array.from({ length: 50 }, (_, power) => 2 ** power);
  static FEW = 40; // values of a series that has few enough for a point on each

  static css(name) { return getComputedStyle(document.documentElement).getPropertyValue(name).trim(); }
  static colour(number) { return this.css(`--series-${number % 8}`); }

  constructor(plot, told) {
    Object.assign(this, { plot, told, u: null, group: BenchrigGroup.of(told.sync) });
    this.group.charts.add(this);
    BenchrigChart.every.add(this);
    plot.tabIndex = 0;
    plot.addEventListener("keydown", (event) => this.key(event));
    this.legend = new this.constructor.Legend(this);
    this.observer = new ResizeObserver(() => this.draw()); // it may have been hidden until now
    this.observer.observe(plot);
    this.update(told);
  }

  remove() {
    this.observer.disconnect();
    this.u?.destroy();
    this.group.charts.delete(this);
    BenchrigChart.every.delete(this);
  }

  update(told) {
    const names = (of) => JSON.stringify(of.series.map((series) => series.label));
    const anew = !this.u || names(told) !== names(this.told);
    this.told = told;
    if (anew) {
      this.u?.destroy();
      this.u = null;
      this.plot.replaceChildren();
      if (!told.series.length) benchrigMake("p", "nothing", this.plot, told.nothing || "nothing is known of this");
      this.draw();
    }
    this.refresh();
  }

  draw() {
    const { clientWidth: width, clientHeight: height } = this.plot;
    if (!width || !height || !this.told.series.length) return;
    if (this.u) {
      if (this.u.width !== width || this.u.height !== height) this.u.setSize({ width, height });
      return;
    }
    this.u = new uPlot({ width, height, ...this.options() }, this.data(), this.plot);
    const { over } = this.u;
    over.addEventListener("mousemove", (e) => this.group.hover(this.xs[this.u.posToIdx(e.offsetX)] ?? null, this));
    over.addEventListener("mouseleave", () => this.group.hover(null, this));
    this.point();
  }

  refresh() {
    this.u?.setData(this.data());
    this.point();
    this.legend.list();
    this.tell();
  }

  tell() { this.legend.tell(); }

  // ---- what is drawn --------------------------------------------------------------------------
  get xs() { return this.told.x.values; }
  data() { return [this.xs, ...this.told.series.map((series) => series.values)]; }
  value(v) { return benchrigFormat.value(v, this.told.y.unit); }
  place(x) { return this.told.x.clock ? benchrigFormat.clock(x) : benchrigFormat.value(x); }

  options() {
    return {
      scales: { x: { time: false, distr: this.told.x.log ? 3 : 1, range: (_, low, high) => this.span(low, high) }, y: this.height() },
      axes: [this.level(), this.upright()],
      series: [{}, ...this.told.series.map((_, number) => this.line(number))],
      padding: [16, this.told.x.clock || this.told.x.log ? 30 : 14, this.told.x.label ? 0 : 4, 4],
      legend: { show: false },
      cursor: {
        y: false,
        drag: { x: true, y: false, setScale: false, dist: 5 },
        bind: { dblclick: () => () => this.group.zoom(null) },
      },
      hooks: { drawClear: [(u) => this.behind(u)], draw: [(u) => this.before(u)], setSelect: [(u) => this.select(u)] },
    };
  }

  span(low, high) {
    const [from, to] = this.group.range ?? this.told.range ?? [low, high];
    return to > from ? [from, to] : [from - 1, to + 1];
  }

  height() {
    if (this.told.y.log) return { distr: 3 };
    return { range: (_, low, high) => {
      const near = (this.told.y.limits ?? []).filter((limit) => limit > 0 && limit < high * 4);
      const top = Math.max(high ?? 0, ...near);
      return [Math.min(0, low ?? 0), top > 0 ? top * 1.08 : 1];
    } };
  }

  axis(side, told, text) {
    const grid = { stroke: () => BenchrigChart.css("--grid"), width: 1 };
    const font = "11px system-ui, sans-serif";
    return {
      side, font, grid, ticks: grid,
      stroke: () => BenchrigChart.css("--soft"),
      label: told.label || undefined, labelSize: 18, labelFont: "12px system-ui, sans-serif",
      size: 30,
      space: side === 2 ? 72 : 30,
      values: (_, ticks) => ticks.map((v) => (v === null ? "" : text(v))),
    };
  }

  level() {
    const { x } = this.told;
    return { ...this.axis(2, x, (v) => this.place(v)), ...(x.clock ? { incrs: BenchrigChart.CLOCK_STEPS } : {}) };
  }

  upright() {
    const { y } = this.told;
    const found = this.axis(3, y, (v) => this.value(v));
    found.size = (_, texts) => 20 + 6.4 * Math.max(3, ...(texts ?? []).map((text) => text.length));
    if (y.unit?.startsWith("bytes")) found.incrs = BenchrigChart.BYTE_STEPS;
    return found;
  }

  line(number) {
    const values = () => this.told.series[number].values;
    const alone = (all, i) => (all[i - 1] ?? null) === null && (all[i + 1] ?? null) === null;
    const lonely = () => values().flatMap((v, i, all) => ((v ?? null) !== null && alone(all, i) ? [i] : []));
    return {
      stroke: () => BenchrigChart.colour(number),
      width: 1.6,
      dash: BenchrigChart.DASHES[number % BenchrigChart.DASHES.length],
      spanGaps: false,
      points: {
        size: 5 + (number % 3) * 2,
        show: () => values().length <= BenchrigChart.FEW,
        filter: (_u, _series, shown) => (shown ? null : lonely()),
      },
    };
  }

  behind(u) {
    const { left, top, width, height } = u.bbox;
    u.ctx.fillStyle = BenchrigChart.css("--band");
    for (const band of this.told.bands ?? []) {
      const from = Math.max(left, u.valToPos(band.begin, "x", true));
      const to = Math.min(left + width, u.valToPos(band.end, "x", true));
      if (to > from) u.ctx.fillRect(from, top, to - from, height);
    }
  }

  before(u) {
    const { ctx, bbox: { left, top, width, height } } = u;
    const rule = (x0, y0, x1, y1) => {
      ctx.beginPath();
      ctx.moveTo(x0, y0);
      ctx.lineTo(x1, y1);
      ctx.stroke();
    };
    ctx.save();
    ctx.setLineDash([5 * devicePixelRatio, 4 * devicePixelRatio]);
    ctx.strokeStyle = BenchrigChart.css("--bad");
    for (const limit of this.told.y.limits ?? []) {
      const y = u.valToPos(limit, "y", true);
      if (y >= top && y <= top + height) rule(left, y, left + width, y);
    }
    ctx.setLineDash([]);
    ctx.strokeStyle = ctx.fillStyle = BenchrigChart.css("--soft");
    ctx.textAlign = "left";
    ctx.textBaseline = "alphabetic";
    ctx.font = `${11 * devicePixelRatio}px system-ui, sans-serif`;
    let free = -Infinity; // where the label before ends: one that does not fit is left out
    for (const mark of this.told.marks ?? []) {
      const x = Math.round(u.valToPos(mark.x, "x", true));
      if (x < left || x > left + width) continue;
      ctx.globalAlpha = 0.45;
      rule(x, top, x, top + height);
      ctx.globalAlpha = 1;
      if (x < free) continue;
      free = x + ctx.measureText(mark.label).width + 6 * devicePixelRatio;
      ctx.fillText(mark.label, x + 3 * devicePixelRatio, top - 3 * devicePixelRatio);
    }
    ctx.restore();
  }

  // ---- the pointer and the keyboard -----------------------------------------------------------
  get index() {
    const { at } = this.group;
    const { xs } = this;
    const last = xs.length - 1;
    const step = (xs[last] - xs[0]) / Math.max(1, last);
    if (at === null || at < xs[0] - step || at > xs[last] + step) return null;
    return xs.reduce((best, x, i) => (Math.abs(x - at) < Math.abs(xs[best] - at) ? i : best), 0);
  }

  get when() { return this.index === null ? "last" : `at ${this.place(this.xs[this.index])}`; }

  // Index of the last value that is known: of a run that is over, in its measure phase, since what
  // comes after fades out. -1 where none is.
  lastOf({ values }) {
    const { over, bands } = this.told;
    const measured = over && bands.length ? Math.max(...bands.map((band) => band.end)) : Infinity;
    const to = Math.min(this.group.range?.[1] ?? Infinity, measured);
    return values.findLastIndex((v, i) => v !== null && this.xs[i] <= to);
  }

  // A series' value at the crosshair, or without one the last that is known.
  valueOf(series) { return series.values[this.index ?? this.lastOf(series)] ?? null; }

  point() {
    if (!this.u) return;
    const left = this.index === null ? -10 : this.u.valToPos(this.xs[this.index], "x");
    this.u.setCursor({ left, top: left < 0 ? -10 : 0 }, false, false);
  }

  select(u) {
    if (!u.select.width) return;
    const { left, width } = u.select;
    u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    this.group.zoom([u.posToVal(left, "x"), u.posToVal(left + width, "x")]);
  }

  key(event) {
    const last = this.xs.length - 1;
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (event.key === "Escape") this.group.zoom(null);
    else if (event.key === "+" && this.u && this.index !== null) {
      const { min, max } = this.u.scales.x;
      this.group.zoom([(min + this.xs[this.index]) / 2, (max + this.xs[this.index]) / 2]);
    } else if (step) {
      const from = this.index ?? (step > 0 ? -1 : last + 1);
      this.group.hover(this.xs[Math.min(last, Math.max(0, from + step))], null);
    } else return;
    event.preventDefault();
  }
}

(() => {
  const redraw = () => { for (const chart of BenchrigChart.every) chart.u?.redraw(); };
  const paper = (printing) => {
    document.documentElement.classList.toggle("printing", printing); // ink on white, whatever the screen
    redraw();
  };
  addEventListener("beforeprint", () => paper(true));
  addEventListener("afterprint", () => paper(false));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
})();
