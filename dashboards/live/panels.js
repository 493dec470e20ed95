// A dashboard's panels: lines, heatmaps of latency, and single values, with one crosshair and zoom.
//
//   const panels = new BenchrigPanels(element, dashboard);
//   panels.update(data);   {"begin", "count", "bands", "over", "series"}: for each panel its series, in order
"use strict";

class BenchrigBigValue {
  static FRESH = 5; // seconds; a last value of before is told with its time

  constructor(chart) {
    this.chart = chart;
    this.big = benchrigMake("div", "big", chart.plot.parentElement);
    chart.plot.before(this.big);
  }

  list() {}

  tell() {
    const { series, y } = this.chart.told;
    const many = series.length > 1;
    const [above, below] = y.bounds;
    const grade = (v) => (v === null ? "unknown" : v > (above ?? Infinity) || v < (below ?? -Infinity) ? "bad" : "");
    this.big.classList.toggle("small", many);
    this.big.replaceChildren();
    if (!series.length) benchrigMake("span", "unknown", this.big, benchrigFormat.unknown);
    for (const one of series) {
      const v = this.chart.valueOf(one);
      benchrigMake("span", grade(v), this.big, (many ? `${one.label}: ` : "") + this.chart.value(v));
    }
    this.date();
  }

  // What was true a while ago is not taken for what is.
  date() {
    const { index, group, xs, told } = this.chart;
    const last = Math.max(-1, ...told.series.map((one) => this.chart.lastOf(one)));
    const old = index === null && !told.over && !group.range && last >= 0 && last < xs.length - 1 - BenchrigBigValue.FRESH;
    this.big.classList.toggle("old", old);
    if (old) benchrigMake("small", "", this.big, `at ${this.chart.place(xs[last])}`);
  }
}

// One value, large, with its line below; of several series all values as text.
class BenchrigStat extends BenchrigChart {
  static Legend = BenchrigBigValue;

  options() {
    const found = super.options();
    for (const axis of found.axes) axis.show = false;
    return { ...found, padding: [2, 0, 2, 0], cursor: { show: false } };
  }
}

class BenchrigHottest extends BenchrigLegend {
  list() {}

  tell() {
    this.table.replaceChildren();
    const { chart } = this;
    const found = chart.rows.map((row) => [row, chart.valueOf(row)]).filter(([, v]) => v);
    if (!found.length) return;
    const seconds = (v) => benchrigFormat.value(v, "seconds");
    this.row("th", [`most answers took (${chart.when})`, "per second"]);
    for (const [row, v] of found.sort((a, b) => b[1] - a[1]).slice(0, 3)) {
      const text = row.most === Infinity ? `over ${seconds(row.above)}` : `${seconds(row.above)} to ${seconds(row.most)}`;
      this.row("td", [text, benchrigFormat.value(v)]);
    }
  }
}

// Answers by latency: series are cumulative, named by the seconds that their answers took at most.
class BenchrigHeatmap extends BenchrigChart {
  static Legend = BenchrigHottest;

  update(told) {
    this.rows = BenchrigHeatmap.rowsOf(told);
    super.update(told);
  }

  static rowsOf(told) {
    const bounds = told.series.map(({ label, values }) => ({ most: label === "+Inf" ? Infinity : Number(label), values }));
    bounds.sort((a, b) => a.most - b.most);
    const rows = bounds.map(({ most, values }, n) => ({
      most,
      above: n ? bounds[n - 1].most : 0,
      values: values.map((v, i) => (v === null ? null : Math.max(0, v - (n ? bounds[n - 1].values[i] ?? 0 : 0)))),
    }));
    const used = rows.map((row) => row.values.some((v) => v > 0));
    return rows.slice(Math.max(0, used.indexOf(true) - 1), used.lastIndexOf(true) + 2);
  }

  data() { return [this.xs, this.xs.map(() => null)]; }

  height() { return { range: () => [0, Math.max(1, this.rows.length)] }; }

  options() {
    const found = super.options();
    found.axes[1].splits = () => this.rows.map((_, n) => n).filter((n) => n % Math.ceil(this.rows.length / 6) === 0);
    found.axes[1].values = (_, ticks) => ticks.map((n) => benchrigFormat.value(this.rows[n]?.above ?? null, "seconds"));
    return { ...found, series: [{}, { paths: () => null, points: { show: false } }] };
  }

  behind(u) {
    super.behind(u);
    const { left, width } = u.bbox;
    const at = (i) => u.valToPos(this.xs[i], "x", true);
    const wide = this.xs.length > 1 ? at(1) - at(0) + 0.5 : width;
    const most = Math.max(1e-9, ...this.rows.flatMap((row) => row.values));
    // Lightness in per cent: the more answers, the further from the paper.
    const [least, span] = ["--heat-least", "--heat-most"].map((name) => Number(BenchrigChart.css(name)))
      .reduce((low, high) => [low, high - low]);
    u.ctx.save();
    u.ctx.beginPath();
    u.ctx.rect(left, u.bbox.top, width, u.bbox.height);
    u.ctx.clip();
    this.rows.forEach((row, n) => {
      const [low, high] = [n, n + 1].map((edge) => u.valToPos(edge, "y", true));
      row.values.forEach((v, i) => {
        if (!v) return;
        const heat = Math.sqrt(v / most);
        u.ctx.fillStyle = `hsl(${18 + 14 * heat} 100% ${least + span * heat}%)`;
        u.ctx.fillRect(at(i) - wide / 2, high, wide, low - high + 0.5);
      });
    });
    u.ctx.restore();
  }
}

class BenchrigPanels {
  static KINDS = { stat: BenchrigStat, lines: BenchrigChart, heatmap: BenchrigHeatmap };

  constructor(element, dashboard) {
    this.dashboard = dashboard;
    this.group = BenchrigGroup.of(dashboard.uid);
    this.panels = dashboard.panels.map((panel) => {
      const box = benchrigMake("section", `panel ${panel.kind}`, element);
      box.style.gridColumn = `span ${panel.width}`;
      const head = benchrigMake("div", "head", box);
      benchrigMake("h2", "", head, panel.title);
      const why = benchrigMake("details", "why", head);
      const mark = benchrigMake("summary", "", why, "?");
      Object.assign(mark, { title: panel.description, ariaLabel: `What ${panel.title} means` });
      benchrigMake("p", "", why, panel.description);
      const plot = benchrigMake("div", "plot", box);
      plot.setAttribute("role", "img");
      plot.setAttribute("aria-label", panel.title);
      return { panel, chart: new BenchrigPanels.KINDS[panel.kind](plot, this.told(panel, { begin: 0, count: 0, bands: [], over: false }, [])) };
    });
  }

  told(panel, { begin, count, bands, over }, series) {
    const bounds = [panel.above, panel.below];
    return {
      x: { label: "", values: Array.from({ length: count }, (_, i) => begin + i), clock: true },
      y: { label: "", unit: panel.unit, averaged: panel.averaged, bounds, limits: panel.kind === "heatmap" ? [] : bounds.filter((v) => v !== null) },
      series, bands, over,
      nothing: panel.when && `nothing is known of this; it is told only in ${panel.when}`,
      sync: this.dashboard.uid,
      range: [begin, begin + Math.max(1, count - 1)],
    };
  }

  update(data) {
    this.panels.forEach(({ panel, chart }, number) => chart.update(this.told(panel, data, data.series[number])));
  }

  remove() {
    for (const { chart } of this.panels) chart.remove();
  }
}
