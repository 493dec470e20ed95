// What stands above the panels: which run is on, what is silent, and what is in the way.
"use strict";

class BenchrigStatus {
  static FRESH = 5; // seconds; what was not told for longer is not known any more

  // element: finds one by its id; fixed: a time that is over is shown.
  constructor(element, fixed) { Object.assign(this, { element, fixed, lost: null }); }

  tell(samples, { begin, end }, run) {
    const clock = benchrigFormat.clock;
    const day = new Date(begin * 1000).toLocaleDateString("en-GB", { day: "numeric", month: "short", year: "numeric" });
    this.element("when").textContent = `${this.fixed ? `${day}, ` : ""}${clock(begin)} to ${clock(end)}`;
    this.element("now").textContent = this.runs(samples, end, run);
    this.silent(samples, begin, end - begin + 1);
  }

  trouble(error) {
    this.lost = error ? this.lost ?? new Date() : null;
    const box = this.element("trouble");
    const text = error && `${error.message}, since ${this.lost.toLocaleTimeString("en-GB")}: what happens is not known, and not drawn. `
      + "Trying again. Is the monitoring host up, and the tunnel to it open? `fab live` tells the way.";
    if (text && box.textContent !== text) box.textContent = text; // the same is not announced again
    box.hidden = !error;
  }

  // The run that is on; of a time that is over, or of one run, those that were.
  runs(samples, end, run) {
    const newest = ({ values }) => [...values.keys()].at(-1);
    const known = samples.named("run").filter(({ metric }) => !run || metric.run_id === run);
    const fresh = known.filter((one) => newest(one) > end - BenchrigStatus.FRESH);
    if (this.fixed || run) {
      const told = new Set(known.map(({ metric }) => metric).filter(({ run_id }) => run_id)
        .map(({ run_id, variant, workload }) => `${variant}, ${workload} (${run_id})`));
      if (told.size) return [...told].join("; ");
      return run ? `run ${run} sent no load in this time` : "no run sent load in this time";
    }
    if (!fresh.length) return "whether a run is on is not known";
    const latest = fresh.reduce((a, b) => (newest(a) >= newest(b) ? a : b));
    const { metric } = latest;
    if (!metric.run_id) return "nothing sends load";
    const phase = samples.named("phase").find(({ values }) => values.has(newest(latest)))?.metric.phase ?? "between phases";
    return `${metric.variant}, ${metric.workload}, trial ${metric.trial}, ${phase} (${metric.run_id})`;
  }

  // Who gave nothing, and for how long: without it a gap would be a riddle.
  silent(samples, begin, count) {
    const lay = (one, job) => samples.grid(one, { job, steady: true }, begin, count);
    const recorded = samples.named("run").map((one) => lay(one, "load"));
    const evaluated = Array.from({ length: count }, (_, i) => recorded.some((values) => values[i] !== null));
    const gaps = evaluated.slice(evaluated.indexOf(true), evaluated.lastIndexOf(true) + 1).filter((known) => !known).length;
    const loaded = samples.stretches(() => true, begin, begin + count);
    // The load generators' exporter is there only while a run sends load.
    const missed = ({ job }, v, i) => v === 0 && (job !== "load" || loaded.some((one) => one.begin < begin + i && begin + i < one.end));
    const exporters = samples.named("exporter_up")
      .map((one) => ({ ...one.metric, seconds: lay(one, one.metric.job).filter((v, i) => missed(one.metric, v, i)).length }))
      .filter(({ seconds }) => seconds).sort((a, b) => b.seconds - a.seconds);
    const told = exporters.map(({ job, host, seconds }) => `${job} of ${host} gave nothing in ${seconds} s`);
    if (gaps) told.unshift(`Prometheus recorded nothing in ${gaps} s`);
    const short = told.length > 2 ? `${told[0]}, and ${told.length - 1} more` : told.join("; ");
    this.element("silent-short").textContent = `${short}: unknown, and drawn as gaps`;
    this.element("silent-all").textContent = told.join("; ");
    this.element("silent").hidden = !told.length;
  }
}
