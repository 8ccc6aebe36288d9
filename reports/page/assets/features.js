// The features as small multiples: one card each, and a closer look at the one that is chosen.
"use strict";

(() => {
  const found = fullcourt.data("features");
  const cards = document.getElementById("feature-cards");
  if (!found || !cards) return;
  const { make } = fullcourt;
  const byId = (name) => document.getElementById(`feature-${name}`);
  const [season, order, field] = ["season", "order", "filter"].map(byId);
  const SVG = "http://www.w3.org/2000/svg";

  found.seasons.forEach((name, number) => season.append(new Option(name, number)));
  season.value = found.seasons.length - 1;
  byId("controls").hidden = byId("legend").hidden = false;

  function draw(tag, attributes) {
    const element = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    return element;
  }

  function figure(value) {
    if (value === null) return "-";
    const size = Math.abs(value);
    const places = size >= 100 ? 0 : size >= 10 ? 1 : 2;
    return value.toFixed(places);
  }

  // The share of all known values that is in each bin.
  function shares(part) {
    const whole = Math.max(part.known, 1);
    return part.counts.map((count) => count / whole);
  }

  function edge(feature, bin) {
    return Number((feature.low + bin * feature.width).toPrecision(6));
  }

  function percent(share) {
    if (share > 0 && share < 0.001) return "< 0.1 %";
    if (share < 1 && share > 0.999) return "> 99.9 %";
    const isNearAnEnd = share < 1 && (share > 0.995 || share < 0.0995);
    return `${(100 * share).toFixed(isNearAnEnd ? 1 : 0)} %`;
  }

  // The season as bars, the season before as an outline.
  function valuesPicture(feature, number) {
    const now = shares(feature.seasons[number]);
    const before = number ? shares(feature.seasons[number - 1]) : [];
    const top = Math.max(...now, ...before) || 1;
    const size = now.length;
    const picture = draw("svg", {
      class: "feature-values", viewBox: `0 0 ${size} 1`, preserveAspectRatio: "none",
    });
    const gap = size > 3 ? 0.08 : 0.04;
    now.forEach((share, bin) => picture.append(draw("rect", {
      class: "now", x: bin + gap, width: 1 - 2 * gap, y: 1 - share / top, height: share / top,
    })));
    if (number && feature.seasons[number - 1].known) {
      const steps = before.map((share, bin) => `V${1 - share / top}H${bin + 1}`);
      picture.append(draw("path", { class: "before", d: `M0 1${steps.join("")}V1` }));
    }
    picture.append(draw("path", { class: "base", d: `M0 1H${size}` }));
    return picture;
  }

  // Every season as a column: what is known, and the NULLs by status.
  function nullsPicture(feature, number) {
    const size = feature.seasons.length;
    const picture = draw("svg", {
      class: "feature-nulls", viewBox: `0 0 ${size} 1`, preserveAspectRatio: "none",
    });
    feature.seasons.forEach((part, place) => {
      picture.append(draw("rect", { class: "known", x: place + 0.04, width: 0.92, y: 0, height: 1 }));
      let from = 1;
      part.nulls.forEach((count, status) => {
        const height = part.rows ? count / part.rows : 0;
        from -= height;
        if (height) picture.append(draw("rect", {
          class: `null-${status}`, x: place + 0.04, width: 0.92, y: from, height,
        }));
      });
    });
    picture.append(draw("rect", {
      class: "chosen", x: number + 0.04, width: 0.92, y: 0, height: 1,
    }));
    return picture;
  }

  function driftWords(drift) {
    if (drift === null) return ["", "no drift to tell"];
    if (drift >= found.much) return ["much", `drift ${drift.toFixed(2)}, large`];
    if (drift >= found.some) return ["some", `drift ${drift.toFixed(2)}, some`];
    return ["", `drift ${drift.toFixed(2)}`];
  }

  function nullWords(part) {
    const told = part.nulls
      .map((count, status) => [count, found.statuses[status]])
      .filter(([count]) => count)
      .map(([count, status]) => `${percent(count / part.rows)} ${status}`);
    return told.length ? `NULL: ${told.join(", ")}` : "no NULL";
  }

  function card(feature, number) {
    const part = feature.seasons[number];
    const element = make("button", "feature");
    element.type = "button";
    element.dataset.feature = feature.name;
    element.append(make("span", "feature-name", feature.name));
    element.append(make("span", "feature-unit", feature.unit));
    if (part.known) {
      element.append(valuesPicture(feature, number));
      const scale = make("span", "feature-scale");
      scale.append(make("span", "", edge(feature, 0)));
      const end = edge(feature, part.counts.length);
      scale.append(make("span", "", feature.is_whole ? end - 1 : end));
      element.append(scale);
    } else {
      element.append(make("span", "feature-empty", "no value in this season"));
    }
    const figures = make("span", "feature-figures");
    const mean = part.known ? `${figure(part.mean)} ± ${figure(part.spread)}` : "-";
    const [mark, words] = driftWords(part.drift);
    figures.append(make("span", "", mean), make("span", `feature-drift ${mark}`, words));
    element.append(figures, nullsPicture(feature, number));
    const years = make("span", "feature-scale");
    years.append(make("span", "", found.seasons[0]));
    if (found.seasons.length > 1) years.append(make("span", "", found.seasons.at(-1)));
    element.append(years);
    element.append(make("span", "feature-said", nullWords(part)));
    element.addEventListener("click", () => open(feature));
    return element;
  }

  const missing = (part) => (part.rows ? 1 - part.known / part.rows : 0);
  const orders = {
    table: () => 0,
    drift: (one, other, at) => (other.seasons[at].drift ?? -1) - (one.seasons[at].drift ?? -1),
    nulls: (one, other, at) => missing(other.seasons[at]) - missing(one.seasons[at]),
  };

  function show() {
    const at = Number(season.value);
    const wanted = field.value.trim().toLowerCase();
    const shown = found.features
      .filter((one) => `${one.name} ${one.description}`.toLowerCase().includes(wanted))
      .sort((one, other) => orders[order.value](one, other, at));
    cards.replaceChildren(...shown.map((one) => card(one, at)));
    byId("count").textContent = `${shown.length} of ${found.features.length} features`;
  }
  season.addEventListener("input", show);
  order.addEventListener("input", show);
  field.addEventListener("input", show);

  // Drawn when it is nearly seen: the page opens without waiting for it.
  const seen = new IntersectionObserver((entries) => {
    if (entries.some((entry) => entry.isIntersecting)) showFirst();
  }, { rootMargin: "800px" });
  function showFirst() {
    seen.disconnect();
    if (!cards.firstChild) show();
  }
  seen.observe(document.getElementById("features"));
  addEventListener("beforeprint", showFirst);

  // A closer look: all seasons of one feature.
  const detail = byId("detail");
  let chosen = found.features[0];
  byId("detail-close").addEventListener("click", () => detail.close());
  detail.addEventListener("click", (event) => { if (event.target === detail) detail.close(); });

  function open(feature) {
    chosen = feature;
    byId("detail-name").textContent = feature.name;
    const unit = feature.unit ? ` (${feature.unit})` : "";
    const source = feature.source ? `; needs ${feature.source}` : "";
    byId("detail-about").textContent = `${feature.description}${unit}${source}`;
    detail.showModal();
    for (const redraw of charts) redraw();
  }

  const grid = { left: 44, right: 12, top: 28, bottom: 26 };
  const seasonAxis = () => fullcourt.axis({ type: "category", data: found.seasons });

  function values() {
    const at = Number(season.value);
    const last = chosen.seasons.length - 1;
    const places = chosen.seasons[last].counts.map((_, bin) => edge(chosen, bin));
    const named = [found.seasons[at], found.seasons[at - 1]].filter(Boolean);
    return {
      grid: { ...grid, top: 34 },
      legend: {
        data: named.map((name) => ({ name })), top: 0, right: 0,
        textStyle: { color: fullcourt.colour("soft") },
      },
      tooltip: {
        trigger: "axis", renderMode: "richText", confine: true,
        backgroundColor: fullcourt.colour("raised"), borderColor: fullcourt.colour("line"),
        textStyle: { color: fullcourt.colour("ink"), fontSize: 12 },
        valueFormatter: (value) => `${value.toFixed(1)} %`,
      },
      xAxis: fullcourt.axis({ type: "category", data: places }),
      yAxis: fullcourt.axis({ type: "value", axisLabel: { formatter: "{value} %", color: fullcourt.colour("soft") } }),
      series: chosen.seasons.map((part, number) => ({
        name: found.seasons[number],
        type: "line",
        step: "middle",
        symbol: "none",
        z: number === at ? 4 : number === at - 1 ? 3 : 1,
        color: fullcourt.colour(number === at ? "series-1" : number === at - 1 ? "ink" : "line"),
        lineStyle: { width: number === at ? 2.5 : number === at - 1 ? 1.5 : 1 },
        areaStyle: number === at ? { opacity: 0.15 } : undefined,
        data: shares(part).map((share) => 100 * share),
      })),
    };
  }

  function line(name, data, type) {
    return {
      name, type: "line", data, symbolSize: 5, color: fullcourt.colour("series-1"),
      symbol: type === "dashed" ? "none" : "circle",
      lineStyle: { type, width: type === "dashed" ? 1 : 2 },
    };
  }

  function mean() {
    const parts = chosen.seasons;
    const off = (sign) => parts.map((part) => (part.mean !== null ? part.mean + sign * part.spread : null));
    return {
      grid,
      xAxis: seasonAxis(),
      yAxis: fullcourt.axis({ type: "value", scale: true }),
      series: [
        line("mean", parts.map((part) => part.mean), "solid"),
        line("one deviation above", off(1), "dashed"),
        line("one deviation below", off(-1), "dashed"),
      ],
    };
  }

  function nulls() {
    const colours = ["series-5", "series-2", "soft"];
    return {
      grid,
      xAxis: seasonAxis(),
      yAxis: fullcourt.axis({
        type: "value", min: 0, max: 100,
        axisLabel: { formatter: "{value} %", color: fullcourt.colour("soft") },
      }),
      series: found.statuses.map((status, place) => ({
        name: status, type: "bar", stack: "nulls", color: fullcourt.colour(colours[place]),
        barMaxWidth: 26,
        data: chosen.seasons.map((part) => 100 * part.nulls[place] / Math.max(part.rows, 1)),
      })),
    };
  }

  function drift() {
    return {
      grid,
      xAxis: seasonAxis(),
      yAxis: fullcourt.axis({ type: "value", min: 0, max: (range) => Math.ceil(10 * Math.max(range.max, 0.3)) / 10 }),
      series: [{
        name: "drift", type: "bar", barMaxWidth: 26,
        data: chosen.seasons.map((part) => ({
          value: part.drift,
          itemStyle: {
            color: fullcourt.colour(part.drift >= found.much ? "no-go" : part.drift >= found.some ? "warn" : "series-1"),
          },
        })),
        markLine: {
          symbol: "none", silent: true, precision: 2,
          label: { formatter: ({ value }) => String(value), color: fullcourt.colour("soft"), fontSize: 10 },
          lineStyle: { color: fullcourt.colour("soft"), type: "dashed" },
          data: [{ yAxis: found.some }, { yAxis: found.much }],
        },
      }],
    };
  }

  const charts = [values, mean, nulls, drift].map((option) => (
    fullcourt.chart(byId(`chart-${option.name}`), option)
  ));
})();
