// The gates: a strip of months beside each measurement, and the chart of the one that is chosen.
"use strict";

(() => {
  const data = fullcourt.data("gates");
  if (!data) return;

  const chartAt = document.getElementById("measure-chart");
  const caption = document.getElementById("measure-name");
  const COLOURS = { "": "cell-done", warn: "cell-upstream", block: "cell-failed" };
  let chosen = firstOfInterest();

  function series(key) {
    const [phase, number] = key.split("|").map(Number);
    return data[phase].measurements[number];
  }

  // The first measurement that closes its gate, else that warns, else with a month beyond a limit;
  // where none is, the first with several months.
  function firstOfInterest() {
    const all = data.flatMap((each, phase) =>
      each.measurements.map((found, number) => ({ found, key: `${phase}|${number}` })));
    const broken = ({ found }) => found.broken.some(Boolean);
    const long = ({ found }) => found.months.length > 1 && found.limits.length > 0;
    const state = (wanted) => all.find(({ found }) => found.state === wanted);
    return (state("block") || state("warn") || all.find(broken) || all.find(long) || all[0]).key;
  }

  // A month is a bar: full where the limits hold, with a notch where one is broken.
  function drawStrip(element) {
    const found = series(element.dataset.strip);
    const context = element.getContext("2d");
    const step = element.width / Math.max(found.months.length, 24);
    context.clearRect(0, 0, element.width, element.height);
    found.months.forEach((_, number) => {
      const x = Math.round(number * step);
      const width = Math.max(1, Math.round(step) - (step > 4 ? 2 : 0));
      const broken = found.broken[number];
      const empty = found.values[number] === null;
      context.fillStyle = fullcourt.colour(empty ? "line" : COLOURS[broken]);
      if (empty) context.fillRect(x, 14, width, 4);
      else context.fillRect(x, broken ? 0 : 8, width, broken ? element.height : 16);
      if (broken === "block") {
        context.fillStyle = fullcourt.colour("paper");
        context.fillRect(x, 14, width, 4);
      }
    });
  }

  const strips = new IntersectionObserver((entries) => {
    for (const entry of entries) if (entry.isIntersecting) drawStrip(entry.target);
  }, { rootMargin: "100px" });
  const elements = [...document.querySelectorAll("canvas[data-strip]")];
  elements.forEach((element) => strips.observe(element));
  fullcourt.themed(() => elements.filter((each) => each.offsetParent).forEach(drawStrip));

  function option() {
    const found = series(chosen);
    const marks = found.months
      .map((month, number) => ({ month, number }))
      .filter(({ number }) => found.broken[number])
      .map(({ month, number }) => ({
        coord: [month, found.values[number]],
        symbol: found.broken[number] === "block" ? "diamond" : "triangle",
        symbolSize: 13,
        itemStyle: { color: fullcourt.colour(COLOURS[found.broken[number]]) },
      }));
    const measured = {
      name: "measured", type: "line", data: found.values, symbol: "circle", symbolSize: 5,
      color: fullcourt.colour("series-1"), lineStyle: { width: 2 }, connectNulls: false,
      markPoint: { data: marks, label: { show: false } },
    };
    const limits = found.limits.map((limit) => ({
      name: limit.name, type: "line", step: "middle", data: limit.values, symbol: "none",
      color: fullcourt.colour(COLOURS[limit.severity]),
      lineStyle: { width: 1.5, type: limit.severity === "block" ? "solid" : "dashed" },
    }));
    // A narrow legend takes two lines.
    const top = chartAt.clientWidth < 480 ? 60 : 36;
    return {
      grid: { left: 8, right: 16, top, bottom: 8, containLabel: true },
      legend: { top: 0, left: 0, textStyle: { color: fullcourt.colour("soft") } },
      tooltip: { ...fullcourt.tooltip(), trigger: "axis" },
      xAxis: fullcourt.axis({ type: "category", data: found.months, splitLine: { show: false } }),
      yAxis: fullcourt.axis({ type: "value", scale: true }),
      series: [measured, ...limits],
    };
  }

  const draw = fullcourt.chart(chartAt, option);

  // The chart goes beneath the row that was clicked, and the row stays where it is on the screen.
  function bring(button) {
    const figure = chartAt.parentElement;
    const was = button.getBoundingClientRect().top;
    const left = figure.closest("tr");
    const line = fullcourt.make("tr", "chart-row");
    const place = fullcourt.make("td");
    place.colSpan = 5;
    place.append(figure);
    line.append(place);
    if (left) left.remove();
    button.closest("tr").after(line);
    window.scrollBy({ top: button.getBoundingClientRect().top - was, behavior: "instant" });
  }

  function choose(key, clicked) {
    chosen = key;
    const found = series(key);
    const broken = found.broken.filter(Boolean).length;
    const months = found.months.length;
    const told = broken ? `${broken} of ${months} months beyond a limit` : `${months} months, all within`;
    caption.textContent = `${found.name}: ${told}`;
    for (const button of document.querySelectorAll("button[data-measure]")) {
      button.setAttribute("aria-pressed", String(button.dataset.measure === key));
    }
    if (clicked) bring(clicked);
    draw();
    if (clicked) fullcourt.announce(caption.textContent);
  }
  document.getElementById("gates").addEventListener("click", (event) => {
    const button = event.target.closest("button[data-measure]");
    if (button) choose(button.dataset.measure, button);
  });
  choose(chosen, null);
})();
