// The catalog: lines of the chosen table in the picture, and a filter on tables and columns.
"use strict";

(() => {
  const found = fullcourt.data("catalog");
  const graph = document.getElementById("graph");
  if (!found || !graph) return;
  const boxes = [...graph.querySelectorAll(".box")];
  const lines = [...graph.querySelectorAll(".lines path")];
  const tables = [...document.querySelectorAll(".table-facts")];
  let held = null;

  // What a table reads in one colour, what reads it in another; null for no table.
  function choose(table) {
    graph.classList.toggle("chosen", table !== null);
    const near = new Set([table]);
    for (const line of lines) {
      const { from, to } = line.dataset;
      line.classList.toggle("reads", to === table);
      line.classList.toggle("read-by", from === table);
      if (to === table) near.add(from);
      if (from === table) near.add(to);
      // What is drawn last lies on top.
      if (to === table || from === table) line.parentNode.append(line);
    }
    for (const box of boxes) box.classList.toggle("near", near.has(box.dataset.table));
  }

  for (const box of boxes) {
    const { table } = box.dataset;
    box.addEventListener("mouseenter", () => choose(table));
    box.addEventListener("mouseleave", () => choose(held));
    box.addEventListener("focus", () => choose(table));
    box.addEventListener("blur", () => choose(held));
    box.addEventListener("click", () => { held = table; });
  }

  // A link to a table opens it; so does an address that names one.
  function openNamed() {
    const name = decodeURIComponent(location.hash.slice(1));
    const named = name && document.getElementById(name);
    if (!named || named.tagName !== "DETAILS") return;
    named.open = true;
    if (named.dataset.table) {
      held = named.dataset.table;
      choose(held);
    }
    named.scrollIntoView();
    named.querySelector("summary").focus({ preventScroll: true });
  }
  addEventListener("hashchange", openNamed);
  openNamed();

  const field = document.getElementById("catalog-filter");
  const said = document.getElementById("catalog-found");
  document.getElementById("catalog-find").hidden = false;

  function filter() {
    const wanted = field.value.trim().toLowerCase();
    let columns = 0;
    for (const table of tables) {
      const isNamed = table.dataset.table.includes(wanted);
      let matches = 0;
      for (const row of table.querySelectorAll("tr[data-column]")) {
        const isMatch = row.textContent.toLowerCase().includes(wanted);
        row.hidden = wanted !== "" && !isMatch && !isNamed;
        if (isMatch) matches += 1;
      }
      table.hidden = wanted !== "" && !isNamed && !matches;
      table.open = wanted.length > 1 && matches > 0;
      columns += matches;
    }
    for (const group of document.querySelectorAll(".catalog-group")) {
      group.hidden = !group.querySelector(".table-facts:not([hidden])");
    }
    const shown = tables.filter((table) => !table.hidden).length;
    said.textContent = wanted ? `${columns} columns in ${shown} tables` : "";
  }
  field.addEventListener("input", filter);
  addEventListener("beforeprint", () => choose(null));
})();
