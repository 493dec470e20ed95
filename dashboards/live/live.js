// The live page: asks Prometheus, which serves it, for the signals of one dashboard each second.
//
// In the address: #UID chooses the dashboard; ?begin=UNIX&end=UNIX shows a time that is over,
// ?run=ID one run, ?replay=ID a run that `fab replay` put back.
"use strict";

(() => {
  const PREFIX = "benchrig:";
  const AGE = "scrape_age_seconds";
  const STEADY = ["count", "flag", "bytes"]; // units without values between two samples
  const SETTLE_SECONDS = 3; // the newest seconds are asked for again, until they are complete
  const ALWAYS = ["phase", AGE];
  const ask = new URLSearchParams(location.search);
  const element = (id) => document.getElementById(id);
  const state = { dashboards: [], chosen: null, charts: null, series: new Map(), newest: 0 };

  const api = async (path, query) => {
    const answer = await fetch(`/api/v1/${path}?${new URLSearchParams(query)}`);
    if (!answer.ok) throw new Error(`Prometheus answers ${answer.status}`);
    return (await answer.json()).data;
  };

  // ---- what is asked for ----------------------------------------------------------------------
  const signalsOf = (dashboard) => [...new Set(dashboard.panels.flatMap((p) => p.signals.map((s) => s.name)))];

  const quoted = (text) => JSON.stringify(text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  const query = (dashboard) => {
    const names = [...signalsOf(dashboard), ...ALWAYS].join("|");
    const replay = ask.get("replay") || "";
    const source = dashboard.compare ? `replay=~${JSON.stringify(replay || ".+")}` : `replay=${JSON.stringify(replay)}`;
    const signals = `{__name__=~"${PREFIX}(${names})",${source}}`;
    const run = element("run").value;
    return run && !dashboard.compare ? `${signals} and on () ${PREFIX}run{run_id=~${quoted(run)}}` : signals;
  };

  const span = () => {
    const fixed = ask.has("begin") && ask.has("end");
    const end = fixed ? Number(ask.get("end")) : Math.floor(Date.now() / 1000 + state.clock);
    return { begin: fixed ? Number(ask.get("begin")) : end - Number(element("window").value), end, fixed };
  };

  // ---- what comes back ------------------------------------------------------------------------
  const keep = (results) => {
    for (const { metric, values } of results) {
      const key = JSON.stringify(metric);
      if (!state.series.has(key)) state.series.set(key, { metric, values: new Map() });
      const kept = state.series.get(key).values;
      for (const [t, v] of values) if (Number.isFinite(Number(v))) kept.set(t, Number(v));
    }
  };

  const forget = (begin) => {
    for (const [key, series] of state.series) {
      for (const t of series.values.keys()) { if (t >= begin) break; series.values.delete(t); }
      if (!series.values.size) state.series.delete(key);
    }
  };

  const named = (name) => [...state.series.values()].filter((s) => s.metric.__name__ === PREFIX + name);

  // Every series is moved back by the age of its samples, so that client and servers are seen at one moment.
  const moved = (series, signal, begin, count) => {
    const ages = named(AGE).filter(({ metric }) => metric.job === (series.metric.job || signal.job)
      && metric.replay === series.metric.replay
      && (!series.metric.host || metric.host === series.metric.host));
    return Array.from({ length: count }, (_, i) => {
      const now = series.values.get(begin + i);
      const next = series.values.get(begin + i + 1);
      const told = ages.map((age) => age.values.get(begin + i + 1)).filter((age) => age !== undefined);
      if (now === undefined || next === undefined || !told.length) return null;
      const age = Math.min(1, Math.max(...told));
      return STEADY.includes(signal.unit) ? (age < 0.5 ? now : next) : now + (next - now) * age;
    });
  };

  const bands = (begin, end) => named("phase").map(({ metric, values }) => {
    const times = [...values.keys()].filter((t) => t >= begin && t <= end);
    return { name: metric.phase, begin: Math.min(...times), end: Math.max(...times) };
  }).filter((band) => Number.isFinite(band.begin));

  const legend = (text, labels) => text.replace(/\{(\w+)\}/g, (_, name) => labels[name] || "");
  const fits = (panel, metric, host) => Object.entries(panel.only).every(([name, value]) => metric[name] === value)
    && (!host || !metric.host || metric.host === host);

  const chartData = (dashboard, begin, end) => {
    const count = end - begin + 1;
    const host = element("host").value;
    const panels = dashboard.panels.map((panel) => ({
      ...panel,
      series: panel.signals.flatMap((signal) => named(signal.name).filter((s) => fits(panel, s.metric, host))
        .map((s) => ({ name: legend(signal.legend, s.metric), values: moved(s, signal, begin, count) }))
        .filter((s) => s.values.some((v) => v !== null))
        .sort((a, b) => a.name.localeCompare(b.name, "en", { numeric: true }))),
    }));
    return { format: 1, title: dashboard.title, begin, step: 1, count, bands: bands(begin, end), panels };
  };

  // ---- the page -------------------------------------------------------------------------------
  const show = (begin, end) => {
    const data = chartData(state.chosen, begin, end);
    if (state.charts) state.charts.update(data);
    else { element("charts").replaceChildren(); state.charts = benchrigCharts(element("charts"), data); }
    const text = (t) => new Date(t * 1000).toLocaleTimeString();
    element("when").textContent = `${text(begin)} to ${text(end)}`;
  };

  const tick = async () => {
    const { begin, end, fixed } = span();
    const from = Math.max(begin, state.newest - SETTLE_SECONDS);
    const found = await api("query_range", { query: query(state.chosen), start: from, end, step: 1 });
    keep(found.result);
    forget(begin);
    state.newest = end;
    show(begin, end);
    return fixed;
  };

  const again = async () => {
    let over = false;
    try {
      over = await tick();
      element("trouble").hidden = true;
    } catch (error) {
      element("trouble").textContent = `${error.message}: nothing is known from ${new Date().toLocaleTimeString()} on; trying again`;
      element("trouble").hidden = false;
    }
    if (!over) state.timer = setTimeout(again, 1000);
  };

  const choose = () => {
    clearTimeout(state.timer);
    state.chosen = state.dashboards.find((d) => `#${d.uid}` === location.hash) || state.dashboards[0];
    Object.assign(state, { charts: null, series: new Map(), newest: 0 });
    element("title").textContent = state.chosen.title;
    element("description").textContent = state.chosen.description;
    for (const link of element("dashboards").children) link.classList.toggle("chosen", link.hash === `#${state.chosen.uid}`);
    again();
  };

  const fill = async (id, label, all) => {
    const select = element(id);
    select.append(new Option(all, ""));
    for (const value of (await api(`label/${label}/values`, {})).reverse()) select.append(new Option(value, value));
    select.value = ask.get(id) || "";
    select.addEventListener("change", choose);
  };

  const begin = async () => {
    state.dashboards = await (await fetch("dashboards.json")).json();
    state.clock = Number((await api("query", { query: "time()" })).result[1]) - Date.now() / 1000;
    for (const dashboard of state.dashboards) {
      const link = document.createElement("a");
      Object.assign(link, { href: `#${dashboard.uid}`, textContent: dashboard.title });
      element("dashboards").append(link);
    }
    await Promise.all([fill("run", "run_id", "whatever runs"), fill("host", "host", "all")]);
    element("window").addEventListener("change", choose);
    addEventListener("hashchange", choose);
    choose();
  };

  begin();
})();
