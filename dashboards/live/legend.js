// What a chart's lines are called, and their values: the mean, the maximum, and those at the crosshair.
"use strict";

class BenchrigLegend {
  static LISTED = 40; // series there is room for; more are drawn and not listed

  constructor(chart) {
    this.chart = chart;
    this.table = benchrigMake("table", "legend", benchrigMake("div", "told", chart.plot.parentElement));
    this.cells = [];
  }

  get overTime() { return Boolean(this.chart.told.sync); }

  // What is told of a line beside its values; the mean of percentiles would mean nothing.
  get columns() {
    const mean = ["mean", (known) => known.reduce((a, b) => a + b, 0) / known.length];
    const max = ["max", (known) => Math.max(...known)];
    if (!this.overTime) return [];
    return this.chart.told.y.averaged ? [mean, max] : [max];
  }

  row(tag, texts) {
    const tr = benchrigMake("tr", "", this.table);
    return texts.map((text) => benchrigMake(tag, "", tr, text));
  }

  // Indices that mean and maximum are taken of: those of the last measure phase in view, with what
  // overlaps it, as runs that are compared do; two trials after each other have no mean in common.
  counted() {
    const { xs, told } = this.chart;
    const [from, to] = this.chart.span(xs[0], xs[xs.length - 1]);
    const inView = [...xs.keys()].filter((i) => xs[i] >= from && xs[i] <= to);
    const within = (i, band) => xs[i] >= band.begin && xs[i] <= band.end;
    const seen = (told.bands ?? []).filter((band) => inView.some((i) => within(i, band)));
    const last = Math.max(...seen.map((band) => band.begin));
    const measured = inView.filter((i) => seen.some((band) => band.end >= last && within(i, band)));
    return measured.length ? measured : inView;
  }

  list() {
    const { told } = this.chart;
    this.table.replaceChildren();
    this.cells = [];
    if (!told.series.length) return;
    this.when = this.row("th", ["", ...this.columns.map(([name]) => name), ""]).pop();
    const counted = this.counted();
    told.series.slice(0, BenchrigLegend.LISTED).forEach(({ label, values }, number) => {
      const known = counted.map((i) => values[i]).filter((v) => v !== null);
      const texts = this.columns.map(([, of]) => this.chart.value(known.length ? of(known) : null));
      const cells = this.row("td", [label, ...texts, ""]);
      benchrigMake("i", "", cells[0]).style.background = `var(--series-${number % 8})`;
      cells[0].prepend(cells[0].lastChild);
      this.cells.push(cells.pop());
    });
  }

  tell() {
    if (!this.cells.length) return;
    const { chart } = this;
    const silent = chart.index === null && !this.overTime;
    this.when.textContent = silent ? "" : chart.when;
    this.cells.forEach((cell, number) => {
      cell.textContent = silent ? "" : chart.value(chart.valueOf(chart.told.series[number]));
    });
  }
}
