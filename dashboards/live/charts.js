// Panels of a dashboard, drawn on canvas: for the live page and for reports of stored runs alike.
// The data's format is told in docs/dashboards.md. No library, no build step.
//
//   const charts = benchrigCharts(element, data);   draws; data.panels must keep their order
//   charts.update(data);                            draws anew, as the live page does each second
"use strict";

const benchrigCharts = (() => {
  const PAD = { left: 72, right: 10, top: 8, bottom: 20 };
  const COLOURS = ["#73bf69", "#f2cc0c", "#5794f2", "#ff9830", "#f2495c", "#b877d9", "#37872d", "#1f60c4", "#fa6400"];
  const LEGEND_ROWS = 40; // more series than this are drawn and not listed

  const digits = (v) => {
    const size = Math.abs(v);
    if (size >= 100) return Math.round(v).toLocaleString("en");
    return size >= 1 ? v.toFixed(size >= 10 ? 1 : 2) : String(+v.toPrecision(2));
  };
  const scaled = (v, steps) => {
    const [factor, name] = steps.find(([least]) => Math.abs(v) >= least) || steps[steps.length - 1];
    return `${digits(v / factor)} ${name}`;
  };
  const BYTES = [[2 ** 30, "GiB"], [2 ** 20, "MiB"], [2 ** 10, "KiB"], [1, "B"]];
  const SECONDS = [[1, "s"], [1e-3, "ms"], [1e-6, "µs"]];
  const UNITS = {
    bytes: (v) => scaled(v, BYTES),
    bytes_per_second: (v) => `${scaled(v, BYTES)}/s`,
    seconds: (v) => (v === 0 ? "0 s" : scaled(v, SECONDS)),
    share: (v) => `${digits(v * 100)} %`,
    requests_per_second: (v) => `${digits(v)} req/s`,
    errors_per_second: (v) => `${digits(v)} /s`,
    per_second: (v) => `${digits(v)} /s`,
  };
  const format = (unit, v) => (v === null || v === undefined ? "unknown" : (UNITS[unit] || digits)(v));
  const clock = (unix) => new Date(unix * 1000).toTimeString().slice(0, 8);

  const make = (tag, className, parent, textContent = "") => {
    const element = Object.assign(document.createElement(tag), { className, textContent });
    parent.append(element);
    return element;
  };
  const known = (values, from, to) => values.slice(from, to + 1).filter((v) => v !== null);
  const highest = (values, from, to) => Math.max(0, ...known(values, from, to));
  const lastKnown = (values, from, to) => known(values, from, to).pop() ?? null;
  const niceStep = (span, count) => {
    const power = 10 ** Math.floor(Math.log10(span / count));
    return [1, 2, 5, 10].map((n) => n * power).find((step) => step >= span / count);
  };
  const TIME_STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21600];
  const colourOf = (number) => COLOURS[number % COLOURS.length];

  class Panel {
    constructor(group, box, panel) {
      Object.assign(this, { group, box, panel, grip: 0 });
      make("div", "head", box, panel.title);
      make("span", "why", box.firstChild, "?").title = panel.description;
      this.big = panel.kind === "stat" ? make("div", "big", box) : null;
      this.canvas = make("canvas", "", make("div", "plot", box));
      this.legend = panel.kind === "stat" ? null : make("table", "legend", make("div", "scroll", box));
      const on = (event, act) => this.canvas.addEventListener(event, (e) => act(this.indexAt(e.offsetX)));
      on("mousemove", (index) => group.hover(index));
      on("mouseleave", () => group.hover(null));
      on("mousedown", (index) => { this.grip = index; });
      on("mouseup", (index) => Math.abs(index - this.grip) > 1 && group.zoom([index, this.grip].sort((a, b) => a - b)));
      on("dblclick", () => group.zoom(null));
    }

    indexAt(x) {
      const [from, to] = this.group.span();
      const share = (x - this.left) / (this.width - this.left - PAD.right);
      return Math.max(from, Math.min(to, Math.round(from + share * (to - from))));
    }

    draw() {
      const ratio = window.devicePixelRatio || 1;
      const { clientWidth: width, clientHeight: height } = this.canvas;
      if (!width || !height) return;
      Object.assign(this.canvas, { width: width * ratio, height: height * ratio });
      const c = this.canvas.getContext("2d");
      c.scale(ratio, ratio);
      c.font = "11px system-ui, sans-serif";
      Object.assign(this, { c, width, height, left: this.big ? 0 : PAD.left });
      const style = getComputedStyle(this.box);
      const [text, grid, band] = ["--dim", "--grid", "--band"].map((name) => style.getPropertyValue(name));
      this.ink = { text, grid, band };
      if (!this.panel.series.length) return this.empty();
      if (this.panel.kind === "heatmap") this.heatmap(); else this.lines();
      if (this.big) this.stat(); else this.list();
    }

    empty() {
      (this.big || this.legend).textContent = this.big ? "unknown" : "";
      this.c.fillStyle = this.ink.text;
      if (!this.big) this.c.fillText("nothing is known of this", this.left, this.height / 2);
    }

    x(index) {
      const [from, to] = this.group.span();
      return this.left + ((index - from) / Math.max(1, to - from)) * (this.width - this.left - PAD.right);
    }

    frame() {
      const { c, height } = this;
      const { begin, step, bands } = this.group.data;
      const [from, to] = this.group.span();
      c.fillStyle = this.ink.band;
      for (const band of bands) {
        if (band.name !== "measure") continue;
        const x0 = Math.max(this.left, this.x((band.begin - begin) / step));
        const x1 = Math.min(this.width - PAD.right, this.x((band.end - begin) / step));
        if (x1 > x0) c.fillRect(x0, PAD.top, x1 - x0, height - PAD.top - PAD.bottom);
      }
      if (this.big) return;
      c.strokeStyle = this.ink.grid;
      c.fillStyle = this.ink.text;
      c.textAlign = "center";
      const every = TIME_STEPS.find((s) => s >= ((to - from) * step) / 6) || 86400;
      for (let t = Math.ceil((begin + from * step) / every) * every; t <= begin + to * step; t += every) {
        const x = this.x((t - begin) / step);
        this.rule(x, PAD.top, x, height - PAD.bottom);
        c.fillText(clock(t), x, height - 6);
      }
    }

    rule(x0, y0, x1, y1) {
      this.c.beginPath();
      this.c.moveTo(x0, y0);
      this.c.lineTo(x1, y1);
      this.c.stroke();
    }

    lines() {
      const { c, height, panel } = this;
      const [from, to] = this.group.span();
      const bottom = this.big ? 2 : PAD.bottom;
      const limits = [panel.above, panel.below].filter((v) => v !== null && v !== undefined);
      let top = Math.max(...panel.series.map((s) => highest(s.values, from, to)));
      if (limits.length && limits[0] < top * 4) top = Math.max(top, limits[0]);
      top = (top || 1) * 1.06;
      const y = (v) => PAD.top + (1 - v / top) * (height - PAD.top - bottom);
      this.frame();
      if (!this.big) {
        c.textAlign = "right";
        for (let v = 0, step = niceStep(top, 4); v <= top; v += step) {
          c.strokeStyle = this.ink.grid;
          this.rule(this.left, y(v), this.width - PAD.right, y(v));
          c.fillStyle = this.ink.text;
          c.fillText(format(panel.unit, +v.toPrecision(6)), this.left - 6, y(v) + 4);
        }
        c.setLineDash([5, 4]);
        c.strokeStyle = "#f2495c";
        for (const v of limits) if (v <= top) this.rule(this.left, y(v), this.width - PAD.right, y(v));
        c.setLineDash([]);
      }
      panel.series.forEach((series, number) => this.line(series.values, from, to, y, colourOf(number)));
      this.crosshair();
    }

    line(values, from, to, y, colour) {
      const { c } = this;
      c.strokeStyle = colour;
      c.lineWidth = 1.4;
      c.beginPath();
      let drawing = false;
      for (let i = from; i <= to; i++) {
        const v = i < values.length ? values[i] : null;
        if (v !== null && !drawing) c.moveTo(this.x(i) - 0.5, y(v));
        if (v !== null) c.lineTo(this.x(i), y(v));
        drawing = v !== null; // what is unknown is a gap
      }
      c.stroke();
      c.lineWidth = 1;
      const at = this.group.at;
      if (at === null || values[at] === null || values[at] === undefined) return;
      c.fillStyle = colour;
      c.beginPath();
      c.arc(this.x(at), y(values[at]), 3, 0, 7);
      c.fill();
    }

    crosshair() {
      const at = this.group.at;
      if (at === null || this.big) return;
      this.c.strokeStyle = this.ink.text;
      this.c.setLineDash([3, 3]);
      this.rule(this.x(at), PAD.top, this.x(at), this.height - PAD.bottom);
      this.c.setLineDash([]);
    }

    // Series are cumulative: answers per second that took no longer than the series' name says.
    cells() {
      const sorted = this.panel.series.map((s) => ({ le: s.name === "+Inf" ? Infinity : +s.name, values: s.values }));
      sorted.sort((a, b) => a.le - b.le);
      return sorted.map((row, n) => ({
        le: row.le,
        above: n ? sorted[n - 1].le : 0,
        values: row.values.map((v, i) => (v === null ? null : Math.max(0, v - (n ? sorted[n - 1].values[i] || 0 : 0)))),
      }));
    }

    heatmap() {
      const { c, height } = this;
      const [from, to] = this.group.span();
      const all = this.cells();
      const used = all.map((row) => highest(row.values, from, to) > 0);
      this.rows = used.includes(true) ? all.slice(Math.max(0, used.indexOf(true) - 1), used.lastIndexOf(true) + 2) : [];
      const most = Math.max(1e-9, ...this.rows.map((row) => highest(row.values, from, to)));
      const tall = (height - PAD.top - PAD.bottom) / Math.max(1, this.rows.length);
      const wide = this.x(from + 1) - this.x(from) + 0.5;
      this.frame();
      this.rows.forEach((row, n) => {
        const y = height - PAD.bottom - (n + 1) * tall;
        for (let i = from; i <= to; i++) {
          const v = row.values[i];
          if (!v) continue;
          const heat = Math.sqrt(v / most);
          c.fillStyle = `hsl(${18 + 14 * heat} 100% ${22 + 45 * heat}%)`;
          c.fillRect(this.x(i) - wide / 2, y, wide, tall + 0.5);
        }
        c.fillStyle = this.ink.text;
        c.textAlign = "right";
        if (n % Math.ceil(this.rows.length / 6) === 0) c.fillText(format("seconds", row.above), this.left - 6, y + tall + 4);
      });
      this.crosshair();
    }

    stat() {
      const [from, to] = this.group.span();
      const at = this.group.at;
      const { series, unit, above, below } = this.panel;
      const values = series.map((s) => (at === null ? lastKnown(s.values, from, to) : s.values[at]));
      const many = series.length > 1;
      const bad = values[0] !== null && ((above ?? Infinity) < values[0] || (below ?? -Infinity) > values[0]);
      const shown = values.map((v, n) => (many ? `${series[n].name}: ` : "") + format(unit, v));
      this.big.textContent = shown.join(" · ");
      this.big.classList.toggle("bad", bad && !many);
      this.big.classList.toggle("small", many);
    }

    list() {
      const [from, to] = this.group.span();
      const at = this.group.at;
      const { begin, step } = this.group.data;
      const row = (cells, head, colour) => {
        const tr = make("tr", "", this.legend);
        for (const text of cells) make(head ? "th" : "td", "", tr, text);
        if (colour) tr.firstChild.prepend(make("i", "", tr));
        if (colour) tr.querySelector("i").style.background = colour;
      };
      this.legend.replaceChildren();
      const when = at === null ? "last" : clock(begin + at * step);
      if (this.panel.kind === "heatmap") return this.hottest(row, at, when);
      row(["", "mean", "max", when], true);
      this.panel.series.slice(0, LEGEND_ROWS).forEach((series, number) => {
        const seen = known(series.values, from, to);
        const mean = seen.length ? seen.reduce((a, b) => a + b, 0) / seen.length : null;
        const now = at === null ? lastKnown(series.values, from, to) : series.values[at];
        const shown = [mean, seen.length ? Math.max(...seen) : null, now];
        row([series.name, ...shown.map((v) => format(this.panel.unit, v))], false, colourOf(number));
      });
    }

    hottest(row, at, when) {
      const [from, to] = this.group.span();
      const rows = this.rows.map((r) => [r, (at === null ? lastKnown(r.values, from, to) : r.values[at]) || 0]);
      row([`most answers (${when})`, "per second"], true);
      for (const [r, v] of rows.sort((a, b) => b[1] - a[1]).slice(0, 3)) {
        if (v) row([`${format("seconds", r.above)} to ${format("seconds", r.le)}`, digits(v)], false);
      }
    }
  }

  class Group {
    constructor(element, data) {
      this.at = null;
      this.range = null;
      this.data = data;
      element.classList.add("charts");
      this.panels = data.panels.map((panel) => {
        const box = make("section", `panel ${panel.kind}`, element);
        box.style.gridColumn = `span ${panel.width}`;
        return new Panel(this, box, panel);
      });
      new ResizeObserver(() => this.draw()).observe(element);
      matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw());
      this.draw();
    }

    span() { return this.range || [0, Math.max(1, this.data.count - 1)]; }
    draw() { this.panels.forEach((panel) => panel.draw()); }
    hover(index) { this.at = index; this.draw(); }
    zoom(range) { this.range = range; this.draw(); }
    update(data) {
      this.data = data;
      this.panels.forEach((panel, number) => { panel.panel = data.panels[number]; });
      this.draw();
    }
  }

  return (element, data) => new Group(element, data);
})();
