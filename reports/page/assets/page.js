// What the sections' scripts share: their data, colours of the theme, charts, copying. It draws
// nothing itself but the switch between light and dark.
"use strict";

const fullcourt = (() => {
  const root = document.documentElement;
  const redraws = [];
  const papers = [];
  const unseen = [];      // what begins each chart: paper shows those that nobody has seen too

  // The data of a section, or null where the page has none.
  function data(name) {
    const element = document.getElementById(`data-${name}`);
    return element ? JSON.parse(element.textContent) : null;
  }

  // A colour of the theme in force, by the name of its custom property: "ink" for --ink.
  const probe = document.createElement("span");
  probe.hidden = true;
  document.body.append(probe);
  function colour(name) {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  }

  function isDark() {
    const forced = root.dataset.theme;
    if (forced) return forced === "dark";
    return matchMedia("(prefers-color-scheme: dark)").matches;
  }

  // Call `draw` now, and again whenever the theme changes.
  function themed(draw) {
    redraws.push(draw);
    draw();
  }

  // Call `prepare` before the page is printed, once it is drawn in light colours.
  function onPaper(prepare) {
    papers.push(prepare);
  }

  function redraw() {
    for (const draw of redraws) draw();
  }

  // A chart in an element, drawn when it is first seen and again for another theme or width.
  // `option` is a function: it is asked for the chart's definition in the colours of the moment.
  // Tooltips are drawn on the canvas: no text is ever read as HTML.
  function chart(element, option) {
    let shown = null;
    function draw() {
      if (!shown) return;
      shown.setOption({ ...base(), ...option() }, true);
    }
    function begin() {
      if (shown) return;
      shown = echarts.init(element, null, { renderer: "canvas" });
      draw();
    }
    const seen = new IntersectionObserver((entries) => {
      if (entries.some((entry) => entry.isIntersecting)) begin();
    }, { rootMargin: "200px" });
    seen.observe(element);
    new ResizeObserver(() => shown && shown.resize()).observe(element);
    redraws.push(draw);
    unseen.push(begin);
    return draw;
  }

  function base() {
    return {
      animation: false,
      color: ["series-1", "series-2", "series-3", "series-4", "series-5"].map(colour),
      textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
      tooltip: tooltip(),
    };
  }

  function tooltip() {
    return {
      renderMode: "richText",
      confine: true,
      backgroundColor: colour("raised"),
      borderColor: colour("line"),
      textStyle: { color: colour("ink"), fontSize: 12 },
    };
  }

  // An axis in the theme's colours; `more` adds to it or overrides it.
  function axis(more) {
    return {
      axisLine: { lineStyle: { color: colour("line") } },
      axisTick: { show: false },
      axisLabel: { color: colour("soft"), fontSize: 11, hideOverlap: true },
      splitLine: { lineStyle: { color: colour("hair") } },
      ...more,
    };
  }

  // Say something to whoever listens to the page instead of looking at it.
  function announce(text) {
    document.getElementById("announced").textContent = text;
  }

  // Copy a text; the button that was pressed says so.
  function copy(text, button) {
    // Pressed again meanwhile, it says "Copied" already.
    const before = button.dataset.label ??= button.textContent;
    const told = (word) => {
      button.textContent = word;
      announce(word === "Copied" ? `copied: ${text}` : word);
      setTimeout(() => { button.textContent = before; }, 1500);
    };
    if (navigator.clipboard) {
      navigator.clipboard.writeText(text).then(() => told("Copied"), () => copyOld(text, told));
    } else {
      copyOld(text, told);
    }
  }

  // A file opened by a double click may have no clipboard.
  function copyOld(text, told) {
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    told(document.execCommand("copy") ? "Copied" : "Select and copy");
    area.remove();
  }

  // An element with a class and a text.
  function make(tag, name, text) {
    const element = document.createElement(tag);
    if (name) element.className = name;
    if (text !== undefined) element.textContent = text;
    return element;
  }

  function remembered() {
    try { return localStorage.getItem("fullcourt-theme"); } catch { return null; }
  }

  function remember(theme) {
    try { localStorage.setItem("fullcourt-theme", theme); } catch { /* it lasts for this look */ }
  }

  const button = document.getElementById("theme");
  function name() {
    button.textContent = isDark() ? "Light" : "Dark";
    button.setAttribute("aria-label", `Show the page in ${isDark() ? "light" : "dark"} colours`);
  }
  if (remembered()) root.dataset.theme = remembered();
  button.hidden = false;
  button.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    remember(root.dataset.theme);
    name();
    redraw();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    name();
    redraw();
  });
  name();

  // Paper is light, whatever the screen is.
  let onScreen;
  addEventListener("beforeprint", () => {
    onScreen = root.dataset.theme;
    root.dataset.theme = "light";
    for (const begin of unseen) begin();
    redraw();
    for (const prepare of papers) prepare();
  });
  addEventListener("afterprint", () => {
    if (onScreen) root.dataset.theme = onScreen;
    else delete root.dataset.theme;
    redraw();
  });

  for (const each of document.querySelectorAll("button[data-copy]")) {
    each.addEventListener("click", () => copy(each.dataset.copy, each));
  }

  return { data, colour, themed, onPaper, chart, axis, tooltip, announce, copy, make, isDark };
})();
