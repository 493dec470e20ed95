// Draws every chart of a report: a <figure class="chart"> with its data in a script of its own.
// Without it the page's tables say the same.
"use strict";

for (const figure of document.querySelectorAll("figure.chart")) {
  new BenchrigChart(figure.querySelector(".plot"), JSON.parse(figure.querySelector("script").textContent));
}
