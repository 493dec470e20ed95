// The live page: asks Prometheus, which serves it, for the signals of one dashboard each second.
//
// In the address: #UID chooses the dashboard; ?begin=UNIX&end=UNIX shows a time that is over,
// ?run=ID one run, ?replay=ID a run that `fab replay` put back.
"use strict";

(() => {
  const AGAIN = 1000; // milliseconds from one answer to the next question
  const CLOCK_AGAIN = 60_000; // a browser's clock is set, and drifts
  const ask = new URLSearchParams(location.search);
  const fixed = ask.has("begin") && ask.has("end");
  const element = (id) => document.getElementById(id);
  const state = { dashboards: [], chosen: null, panels: null, samples: null, clock: 0, clockRead: NaN, turn: 0, span: null };
  const status = new BenchrigStatus(element, fixed);

  // ---- what is asked for ----------------------------------------------------------------------
  const samplesOf = (dashboard) => {
    const names = dashboard.panels.flatMap((panel) => panel.signals.map((signal) => signal.name));
    const replays = (ask.get("replay") ?? "").split("|"); // one dashboard alone compares several
    const source = dashboard.compare ? `replay=~${JSON.stringify(ask.get("replay") || ".+")}` : `replay=${JSON.stringify(replays[0])}`;
    return new BenchrigSamples(names, source);
  };

  // Prometheus' clock is the one that counts: the browser's may be off, or be set while the page is open.
  const readClock = async () => {
    if (Math.abs(Date.now() - state.clockRead) < CLOCK_AGAIN) return;
    const asked = Date.now();
    const now = Number((await BenchrigSamples.api("query", { query: "time()" })).result[1]);
    state.clockRead = Date.now();
    state.clock = now - (asked + state.clockRead) / 2000;
  };

  const span = () => {
    const end = fixed ? Number(ask.get("end")) : Math.floor(Date.now() / 1000 + state.clock);
    return { begin: fixed ? Number(ask.get("begin")) : end - Number(element("window").value), end };
  };

  // ---- what is shown --------------------------------------------------------------------------
  const legend = (text, labels) => text.replace(/\{(\w+)\}/g, (_, name) => (labels[name] || "").replaceAll("_", " "));
  const fits = (panel, metric, host) => Object.entries(panel.only).every(([name, value]) => metric[name] === value)
    && (!host || !metric.host || metric.host === host);

  // What a line is called, and its host where another one is called the same.
  const named = ({ label, host }, all) => (host && all.some((other) => other.label === label && other.host !== host) ? `${label} on ${host}` : label);

  const seriesOf = (panel, begin, count, during) => {
    const host = element("host").value;
    return panel.signals.flatMap((signal) => state.samples.named(signal.name)
      .filter(({ metric }) => fits(panel, metric, host))
      .map((one) => ({ label: legend(signal.legend, one.metric), host: one.metric.host, values: state.samples.grid(one, signal, begin, count, during) })))
      .filter(({ values }) => values.some((v) => v !== null))
      .map((one, _, all) => ({ ...one, label: named(one, all) }))
      .sort((a, b) => a.label.localeCompare(b.label, "en", { numeric: true }));
  };

  const show = () => {
    const { begin, end } = state.span;
    const count = end - begin + 1;
    const { group } = state.panels;
    if (group.range && group.range[1] <= begin) group.zoom(null); // what was zoomed in on has moved out of view
    offer("run", state.samples.labels("run", "run_id"));
    offer("host", state.samples.labels(BenchrigSamples.AGE, "host"));
    const run = state.chosen.compare ? "" : element("run").value;
    const during = run ? state.samples.during(run) : null;
    const series = state.chosen.panels.map((panel) => seriesOf(panel, begin, count, during));
    const bands = state.samples.stretches(({ phase, run_id }) => phase === "measure" && (!run || run_id === run), begin, end);
    state.panels.update({ begin, count, bands, over: fixed, series });
    status.tell(state.samples, state.span, run);
  };

  // Choices are what is known of the time in view; what was chosen stays, known or not.
  const offer = (id, found) => {
    const select = element(id);
    const [all, ...had] = [...select.options].map((option) => option.value);
    const wanted = [...new Set([...found, select.value].filter(Boolean))].sort();
    if (id === "run") wanted.reverse(); // the newest first
    if (wanted.join() === had.join()) return;
    const chosen = select.value;
    select.replaceChildren(select.options[0], ...wanted.map((value) => new Option(value, value)));
    select.value = chosen || all;
  };

  // ---- the page -------------------------------------------------------------------------------
  const again = async (turn) => {
    let trouble = null;
    try {
      await readClock();
      state.span = span();
      await state.samples.follow(state.span.begin, state.span.end);
    } catch (error) {
      trouble = error;
      state.span = span(); // time goes on: what is not known of it is a gap
    }
    if (turn !== state.turn) return; // something else was chosen while the answer was on its way
    if (trouble || !fixed) state.timer = setTimeout(() => again(turn), AGAIN);
    status.trouble(trouble);
    show();
  };

  const choose = () => {
    clearTimeout(state.timer);
    state.turn += 1;
    state.panels?.remove();
    element("charts").replaceChildren();
    state.chosen = state.dashboards.find((d) => `#${d.uid}` === location.hash) || state.dashboards[0];
    state.samples = samplesOf(state.chosen);
    state.panels = new BenchrigPanels(element("charts"), state.chosen);
    state.panels.group.onzoom = (range) => { element("whole").hidden = !range; };
    state.panels.group.hover(null);
    state.panels.group.zoom(null);
    element("title").textContent = state.chosen.title;
    document.title = `${state.chosen.title}: benchrig`;
    element("description").textContent = state.chosen.description;
    element("run").parentElement.hidden = state.chosen.compare;
    for (const link of element("dashboards").children) {
      link.classList.toggle("chosen", link.hash === `#${state.chosen.uid}`);
      link.ariaCurrent = link.hash === `#${state.chosen.uid}` ? "page" : null;
    }
    again(state.turn);
  };

  const begin = async () => {
    if (fixed && !(Number(ask.get("end")) > Number(ask.get("begin")))) {
      element("trouble").textContent = "In the address begin and end are Unix seconds, and begin comes first.";
      element("trouble").hidden = false;
      return;
    }
    try {
      state.dashboards = await BenchrigSamples.get("dashboards.json");
    } catch (error) {
      status.trouble(error);
      setTimeout(begin, AGAIN);
      return;
    }
    for (const dashboard of state.dashboards) {
      const link = document.createElement("a");
      Object.assign(link, { href: `#${dashboard.uid}`, textContent: dashboard.title });
      element("dashboards").append(link);
    }
    for (const id of ["run", "host"]) {
      if (ask.get(id)) element(id).append(new Option(ask.get(id), ask.get(id), true, true));
      element(id).addEventListener("change", () => state.span && show());
    }
    element("window").parentElement.hidden = fixed;
    element("window").addEventListener("change", choose);
    element("whole").addEventListener("click", () => state.panels.group.zoom(null));
    addEventListener("hashchange", choose);
    choose();
  };

  begin();
})();
