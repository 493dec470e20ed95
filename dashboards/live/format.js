// Numbers for people, by the unit they are in: SI inside, formatted here and nowhere else.
"use strict";

const benchrigFormat = (() => {
  const BYTES = [[2 ** 30, "GiB"], [2 ** 20, "MiB"], [2 ** 10, "KiB"], [1, "B"]];
  const SECONDS = [[1, "s"], [1e-3, "ms"], [1e-6, "µs"]];

  const plain = (v) => {
    const size = Math.abs(v);
    if (size >= 100) return Math.round(v).toLocaleString("en");
    return size >= 1 ? String(+v.toFixed(size >= 10 ? 1 : 2)) : String(+v.toPrecision(2));
  };
  const scaled = (v, steps) => {
    const [factor, name] = steps.find(([least]) => Math.abs(v) >= least) || steps[steps.length - 1];
    return `${plain(v / factor)} ${name}`;
  };
  const UNITS = {
    bytes: (v) => scaled(v, BYTES),
    bytes_per_second: (v) => `${scaled(v, BYTES)}/s`,
    seconds: (v) => (v === 0 ? "0 s" : scaled(v, SECONDS)),
    share: (v) => `${plain(v * 100)} %`,
    flag: (v) => (v ? "yes" : "no"),
    cores: (v) => `${+v.toFixed(3)} ${v === 1 ? "core" : "cores"}`,
    requests_per_second: (v) => `${plain(v)} req/s`,
    errors_per_second: (v) => `${plain(v)} /s`,
    per_second: (v) => `${plain(v)} /s`,
  };

  return {
    unknown: "unknown",
    value: (v, unit) => (v === null || v === undefined ? "unknown" : (UNITS[unit] || plain)(v)),
    clock: (unix) => new Date(unix * 1000).toTimeString().slice(0, 8),
  };
})();
