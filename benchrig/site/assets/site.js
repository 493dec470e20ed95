// The table of all cells: filter, sort, and two cells side by side. Data come from data/cells-N.js,
// which call benchrigCells({words, rows}): numbers of a row point into the lists of words.
"use strict";

const COLUMNS = [
  { key: "variant", title: "variant" }, { key: "workload", title: "workload" },
  { key: "level", title: "level" }, { key: "rate", title: "requests/s", number: true },
  { key: "p99", title: "p99, ms", number: true, scale: 1e-3 },
  { key: "cpu", title: "app CPU/request, µs", number: true },
  { key: "trials", title: "trials", number: true }, { key: "grade", title: "grade" },
  { key: "window", title: "measured" }, { key: "server", title: "server" }, { key: "rig", title: "rig" }, { key: "when", title: "newest" },
];
const WORDS = ["variant", "workload", "app", "server", "rig", "window", "grade", "run"];
const PAGE = 100;
const parts = document.currentScript.dataset.parts.split(" ");
const cells = [];
const state = { sort: "when", up: false, shown: PAGE, loaded: 0, pair: [] };
const $ = (id) => document.getElementById(id);

function benchrigCells({ words, rows }) {
  for (const [name, level, ...rest] of rows) {
    const cell = { name, level };
    WORDS.forEach((column, i) => { cell[column] = words[column][rest[i]]; });
    [cell.rate, cell.p99, cell.cpu, cell.trials, cell.begin] = rest.slice(WORDS.length);
    cell.when = new Date(cell.begin * 1000).toISOString().slice(0, 10);
    cells.push(cell);
  }
  state.loaded += 1;
  fillFilters();
  show();
}

function element(name, text, attributes = {}) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

function shown(cell, column) {
  const value = cell[column.key];
  if (value === null || value === undefined) return "-";
  if (!column.number) return value;
  const scaled = value * (column.scale ?? 1);
  return scaled.toLocaleString("en", { maximumFractionDigits: scaled < 100 ? 2 : 0 });
}

function fillFilters() {
  for (const select of document.querySelectorAll("#filters select")) {
    const known = new Set([...select.options].map((option) => option.value));
    const found = new Set(cells.map((cell) => cell[select.dataset.column]));
    for (const word of [...found].sort()) {
      if (word && !known.has(word)) select.append(new Option(word, word));
    }
  }
}

function fitting() {
  const wanted = $("search").value.toLowerCase().split(/\s+/).filter(Boolean);
  const chosen = [...document.querySelectorAll("#filters select")].filter((s) => s.value);
  return cells.filter((cell) => {
    const text = `${cell.variant}/${cell.workload}/${cell.level} ${cell.rig}`.toLowerCase();
    return wanted.every((word) => text.includes(word))
      && chosen.every((select) => cell[select.dataset.column] === select.value);
  });
}

function sorted(found) {
  const column = COLUMNS.find((c) => c.key === state.sort);
  const sign = state.up ? 1 : -1;
  return found.sort((a, b) => {
    const [x, y] = [a[column.key], b[column.key]];
    if (x == null || y == null) return (x == null) - (y == null);
    return sign * (column.number ? x - y : String(x).localeCompare(String(y)));
  });
}

function head() {
  const row = document.querySelector("#cells thead tr");
  row.replaceChildren(element("th", "pair", { scope: "col" }));
  for (const column of COLUMNS) {
    const sort = state.sort === column.key ? (state.up ? "ascending" : "descending") : "none";
    const th = element("th", undefined, { scope: "col", "aria-sort": sort });
    if (column.number) th.className = "n";
    const mark = { ascending: " ▲", descending: " ▼", none: "" }[sort];
    const button = element("button", column.title + mark, { type: "button", class: "sort" });
    button.addEventListener("click", () => {
      state.up = state.sort === column.key ? !state.up : !column.number;
      state.sort = column.key;
      show();
      document.querySelectorAll("#cells .sort")[COLUMNS.indexOf(column)].focus();
    });
    th.append(button);
    row.append(th);
  }
}

function line(cell) {
  const row = element("tr");
  const label = `compare ${cell.variant} ${cell.workload} ${cell.level}`;
  const box = element("input", undefined, { type: "checkbox", "aria-label": label });
  box.checked = state.pair.includes(cell);
  box.addEventListener("change", () => {
    state.pair = box.checked ? [...state.pair, cell].slice(-2) : state.pair.filter((c) => c !== cell);
    show();
  });
  const first = element("td");
  first.append(box);
  row.append(first);
  for (const column of COLUMNS) {
    const td = element("td", undefined, column.number ? { class: "n" } : {});
    if (column.key === "variant") td.append(element("a", cell.variant, { href: `cell/${cell.name}.html` }));
    else if (column.key === "when") td.append(element("a", cell.when, { href: `run/${encodeURIComponent(cell.run)}/index.html` }));
    else td.textContent = shown(cell, column);
    if (column.key === "grade") td.className = cell.grade;
    row.append(td);
  }
  return row;
}

function compare() {
  const [a, b] = state.pair;
  $("compare").hidden = !b;
  if (!b) return;
  const title = (cell) => `${cell.variant}/${cell.workload}/${cell.level}, ${cell.rig}`;
  const top = element("tr");
  for (const text of ["figure", title(a), title(b), "ratio"]) top.append(element("th", text, { scope: "col" }));
  document.querySelector("#pair thead").replaceChildren(top);
  const rows = COLUMNS.filter((column) => column.number).map((column) => {
    const row = element("tr");
    const [x, y] = [a[column.key], b[column.key]];
    const ratio = x && y && column.key !== "trials" ? (y / x).toFixed(3) : "-";
    row.append(element("th", column.title, { scope: "row" }));
    for (const text of [shown(a, column), shown(b, column), ratio]) row.append(element("td", text, { class: "n" }));
    return row;
  });
  for (const [key, what] of [["rig", "on different rigs"], ["window", "for different times"]]) {
    if (a[key] === b[key]) continue;
    const row = element("tr");
    row.append(element("td", `These were measured ${what}: their ratio says little.`, { colspan: "4" }));
    rows.push(row);
  }
  document.querySelector("#pair tbody").replaceChildren(...rows);
}

function show() {
  const found = sorted(fitting());
  head();
  document.querySelector("#cells tbody").replaceChildren(...found.slice(0, state.shown).map(line));
  $("told").textContent = `${found.length} of ${cells.length} cells`
    + (state.loaded < parts.length ? "; older ones are not loaded" : "");
  $("more").hidden = found.length <= state.shown;
  $("older").hidden = state.loaded >= parts.length;
  compare();
}

$("filters").addEventListener("input", () => { state.shown = PAGE; show(); });
$("filters").addEventListener("submit", (event) => event.preventDefault());
$("more").addEventListener("click", () => { state.shown += PAGE; show(); });
$("older").addEventListener("click", () => {
  document.body.append(element("script", undefined, { src: `data/${parts[state.loaded]}` }));
});
