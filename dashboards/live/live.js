// The live page: asks Prometheus, which serves it, for the signals of one dashboard each second.
//
// In the address: #UID chooses the dashboard; ?begin=UNIX&end=UNIX shows a time that is over,
// ?run=ID one run, ?replay=ID a run that `fab replay` put back.
"use strict";

(() => {
  const ask = new URLSearchParams(location.search);
  const element = (id) => document.getElementById(id);
  const state = { dashboards: [], chosen: null, panels: null, samples: null, clock: 0 };

  // ---- what is asked for ----------------------------------------------------------------------
  const samplesOf = (dashboard) => {
    const names = dashboard.panels.flatMap((panel) => panel.signals.map((signal) => signal.name));
    const replay = ask.get("replay") || "";
    const source = dashboard.compare ? `replay=~${JSON.stringify(replay || ".+")}` : `replay=${JSON.stringify(replay)}`;
    return new BenchrigSamples(names, source);
  };

  const span = () => {
    const fixed = ask.has("begin") && ask.has("end");
    const end = fixed ? Number(ask.get("end")) : Math.floor(Date.now() / 1000 + state.clock);
    return { begin: fixed ? Number(ask.get("begin")) : end - Number(element("window").value), end, fixed };
  };

  // ---- what is shown --------------------------------------------------------------------------
  const legend = (text, labels) => text.replace(/\{(\w+)\}/g, (_, name) => (labels[name] || "").replaceAll("_", " "));
  const fits = (panel, metric, host) => Object.entries(panel.only).every(([name, value]) => metric[name] === value)
    && (!host || !metric.host || metric.host === host);

  const seriesOf = (panel, begin, count, during) => {
    const host = element("host").value;
    return panel.signals.flatMap((signal) => state.samples.named(signal.name)
      .filter(({ metric }) => fits(panel, metric, host))
      .map((one) => ({ label: legend(signal.legend, one.metric), values: state.samples.grid(one, signal, begin, count, during) })))
      .filter(({ values }) => values.some((v) => v !== null))
      .sort((a, b) => a.label.localeCompare(b.label, "en", { numeric: true }));
  };

  const bands = (begin, end) => state.samples.named("phase").filter(({ metric }) => metric.phase === "measure").map(({ values }) => {
    const times = [...values.keys()].filter((t) => t >= begin && t <= end);
    return { begin: Math.min(...times), end: Math.max(...times) };
  }).filter((band) => Number.isFinite(band.begin));

  const show = (begin, end, over) => {
    const count = end - begin + 1;
    const during = state.chosen.compare ? null : state.samples.during(element("run").value);
    const series = state.chosen.panels.map((panel) => seriesOf(panel, begin, count, during));
    state.panels.update({ begin, count, bands: bands(begin, end), over, series });
    const text = (t) => new Date(t * 1000).toLocaleTimeString("en-GB");
    element("when").textContent = `${text(begin)} to ${text(end)}`;
    tellSilent(begin, count);
  };

  // Who gave nothing, and for how long: without it a gap would be a riddle.
  const tellSilent = (begin, count) => {
    const lay = (one, job) => state.samples.grid(one, { job, steady: true }, begin, count);
    const recorded = state.samples.named("run").map((one) => lay(one, "load"));
    const evaluated = Array.from({ length: count }, (_, i) => recorded.some((values) => values[i] !== null));
    const gaps = evaluated.slice(evaluated.indexOf(true), evaluated.lastIndexOf(true) + 1).filter((known) => !known).length;
    const exporters = state.samples.named("exporter_up")
      .filter(({ metric }) => metric.job !== "load") // it is there only while a run sends load
      .map((one) => ({ ...one.metric, seconds: lay(one, one.metric.job).filter((v) => v === 0).length }))
      .filter(({ seconds }) => seconds).sort((a, b) => b.seconds - a.seconds);
    const told = exporters.map(({ job, host, seconds }) => `${job} of ${host} gave nothing in ${seconds} s`);
    if (gaps) told.unshift(`Prometheus recorded nothing in ${gaps} s`);
    const short = told.length > 2 ? `${told[0]}, and ${told.length - 1} more` : told.join("; ");
    element("silent-short").textContent = `${short}: unknown, and drawn as gaps`;
    element("silent-all").textContent = told.join("; ");
    element("silent").hidden = !told.length;
  };

  // ---- the page -------------------------------------------------------------------------------
  const again = async () => {
    const { begin, end, fixed } = span();
    let over = false;
    try {
      await state.samples.follow(begin, end);
      show(begin, end, fixed);
      element("trouble").hidden = true;
      over = fixed;
    } catch (error) {
      element("trouble").textContent = `${error.message}: nothing is known from ${new Date().toLocaleTimeString("en-GB")} on; trying again`;
      element("trouble").hidden = false;
    }
    if (!over) state.timer = setTimeout(again, 1000);
  };

  const choose = () => {
    clearTimeout(state.timer);
    state.panels?.remove();
    element("charts").replaceChildren();
    state.chosen = state.dashboards.find((d) => `#${d.uid}` === location.hash) || state.dashboards[0];
    state.samples = samplesOf(state.chosen);
    state.panels = new BenchrigPanels(element("charts"), state.chosen);
    element("title").textContent = state.chosen.title;
    element("description").textContent = state.chosen.description;
    for (const link of element("dashboards").children) link.classList.toggle("chosen", link.hash === `#${state.chosen.uid}`);
    again();
  };

  const fill = async (id, label, all) => {
    const select = element(id);
    select.append(new Option(all, ""));
    for (const value of (await BenchrigSamples.api(`label/${label}/values`, {})).reverse()) select.append(new Option(value, value));
    select.value = ask.get(id) || "";
    select.addEventListener("change", choose);
  };

  const begin = async () => {
    state.dashboards = await (await fetch("dashboards.json")).json();
    state.clock = Number((await BenchrigSamples.api("query", { query: "time()" })).result[1]) - Date.now() / 1000;
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
