// What Prometheus has recorded, kept as it comes in, and laid on a grid of whole seconds.
//
// Each evaluation is told with its own moment, and every series is moved back by the age of its
// samples, so that clients and servers are seen at one moment: benchrig/signals/series.py does the
// same for a stored trial. What is unknown stays null.
"use strict";

class BenchrigSamples {
  static PREFIX = "benchrig:";
  static AGE = "scrape_age_seconds";
  static STEP = 1;
  static GAP = 2.5; // seconds; samples further apart than this have nothing between them
  static SETTLE = 3; // the newest seconds are asked for again, until they are complete
  static PATIENCE = 5000; // milliseconds until a question has no answer; the first one asks for more

  // names: of signals; source: a matcher of the label replay.
  constructor(names, source) {
    const every = [...new Set([...names, "run", "phase", "exporter_up", BenchrigSamples.AGE])];
    this.selector = `{__name__=~"${BenchrigSamples.PREFIX}(${every.join("|")})",${source}}`;
    this.series = new Map();
    this.aged = new Map();
    this.newest = 0;
  }

  async follow(begin, end) {
    const known = Math.min(this.newest, end); // Prometheus' clock may have been set back
    const from = Math.max(begin - BenchrigSamples.GAP, known - BenchrigSamples.SETTLE);
    const query = `${this.selector}[${Math.round((end - from) * 1000)}ms]`;
    const patience = BenchrigSamples.PATIENCE * (this.newest ? 1 : 12);
    const found = await BenchrigSamples.api("query", { query, time: end }, patience);
    for (const { metric, values } of found.result) this.keep(metric, values);
    this.forget(begin - BenchrigSamples.GAP);
    this.aged.clear();
    this.newest = end;
  }

  static async api(path, asked, patience) {
    return (await this.get(`/api/v1/${path}?${new URLSearchParams(asked)}`, patience)).data;
  }

  // Without patience a host that is gone, or a tunnel that hangs, would leave the page silent for minutes.
  static async get(address, patience = BenchrigSamples.PATIENCE) {
    let answer;
    try {
      answer = await fetch(address, { signal: AbortSignal.timeout(patience) });
      if (answer.ok) return await answer.json();
    } catch {
      throw new Error("Prometheus does not answer");
    }
    throw new Error(`Prometheus answers ${answer.status}`);
  }

  keep(metric, values) {
    const key = JSON.stringify(metric);
    if (!this.series.has(key)) this.series.set(key, { metric, values: new Map() });
    const kept = this.series.get(key).values;
    for (const [t, v] of values) if (Number.isFinite(Number(v))) kept.set(t, Number(v));
  }

  forget(before) {
    for (const [key, { values }] of this.series) {
      for (const t of values.keys()) { if (t >= before) break; values.delete(t); }
      if (!values.size) this.series.delete(key);
    }
  }

  named(name) {
    return [...this.series.values()].filter(({ metric }) => metric.__name__ === BenchrigSamples.PREFIX + name);
  }

  // All values of a label of a signal's series.
  labels(name, label) {
    return this.named(name).map(({ metric }) => metric[label]).filter(Boolean);
  }

  // From when to when, in view, phases lasted that fit; at their own time, not at that of the evaluation.
  stretches(fits, begin, end) {
    return this.named("phase").filter(({ metric }) => fits(metric)).map(({ metric, values }) => {
      const ages = this.ages(metric, "load");
      const times = [...values.keys()].map((t) => t - (ages.get(t) ?? 0)).filter((t) => t >= begin && t <= end);
      return { begin: Math.min(...times), end: Math.max(...times) };
    }).filter((one) => Number.isFinite(one.begin));
  }

  // Moments at which a run was on.
  during(run) {
    return new Set(this.named("run").filter(({ metric }) => metric.run_id === run).flatMap(({ values }) => [...values.keys()]));
  }

  // Moment to the age of a series' samples; of several hosts the oldest.
  ages(metric, job) {
    const asked = JSON.stringify([metric.job || job, metric.host, metric.replay]);
    if (!this.aged.has(asked)) this.aged.set(asked, this.oldest(metric, job));
    return this.aged.get(asked);
  }

  oldest(metric, job) {
    const found = new Map();
    for (const age of this.named(BenchrigSamples.AGE)) {
      const own = age.metric;
      if (own.job !== (metric.job || job) || own.replay !== metric.replay || (metric.host && own.host !== metric.host)) continue;
      for (const [t, v] of age.values) found.set(t, Math.max(v, found.get(t) ?? 0));
    }
    return found;
  }

  // Values at `count` whole seconds from `begin`.
  grid({ metric, values }, { job, steady }, begin, count, during = null) {
    const ages = this.ages(metric, job);
    const seen = [...values].filter(([t]) => ages.has(t) && (!during || during.has(t)))
      .map(([t, v]) => [t - ages.get(t), v]).sort((a, b) => a[0] - b[0]);
    let after = 0;
    return Array.from({ length: count }, (_, i) => {
      const moment = begin + i * BenchrigSamples.STEP;
      while (after < seen.length && seen[after][0] <= moment) after += 1;
      return BenchrigSamples.at(seen[after - 1], seen[after], moment, steady);
    });
  }

  static at(before, after, moment, steady) {
    const near = (one) => (one && Math.abs(one[0] - moment) <= this.STEP ? one[1] : null);
    if (!before || !after) return near(before ?? after);
    const [[t0, v0], [t1, v1]] = [before, after];
    if (t1 - t0 > this.GAP) return near(before);
    if (steady) return moment - t0 <= t1 - moment ? v0 : v1;
    return v0 + ((v1 - v0) * (moment - t0)) / (t1 - t0);
  }
}
