// The calendar: every cell on one canvas, the cursor on another above it, and the list of gaps,
// whose buttons lead to their cells.
"use strict";

(() => {
  const data = fullcourt.data("calendar");
  if (!data) return;

  const DAY = 86400000;
  const GUTTER = 54;
  const HEADING = 24;
  const MONTHS = 20;
  const canvas = document.getElementById("cells");
  const overlay = document.getElementById("cursor");
  const board = document.getElementById("board");
  const tip = document.getElementById("tip");
  const card = document.getElementById("cell-card");
  const filters = document.querySelector(".filters");

  // Of every date: its season, and how many days after the first of October of that season's year.
  const days = data.days.map(([day, season, games, final, lacks]) => ({
    day, season, games, final, lacks,
    offset: Math.round((Date.parse(day) - Date.UTC(season, 9, 1)) / DAY),
  }));
  const firstOffset = Math.min(...days.map((day) => day.offset));
  const lastOffset = Math.max(...days.map((day) => day.offset));
  const seasons = [...new Set(days.map((day) => day.season))].sort((a, b) => a - b);
  const tables = data.tables;
  const daysOf = new Map(seasons.map((season) => [season, []]));
  days.forEach((day, number) => daysOf.get(day.season).push(number));

  const shown = new Set(data.standings.map((_, number) => number));
  let rows = [];          // what is drawn, from top to bottom: headings, and a season of a table each
  let chosen = null;      // the cell under the cursor: {row, day}, numbers of `rows` and `days`
  let layout = { width: 0, height: 0, step: 1, row: 15 };

  // A cell in its colour, of which only the bands of its outcome are filled.
  function paint(context, standing, colour, x, y, width, height) {
    context.fillStyle = colour;
    for (const [top, bottom] of data.standings[standing].bands) {
      const from = Math.round(y + top * height);
      context.fillRect(x, from, width, Math.max(1, Math.round(y + bottom * height) - from));
    }
  }

  function colours() {
    return data.standings.map((standing) => fullcourt.colour(standing.colour));
  }

  // Which rows are drawn, by the filters.
  function arrange() {
    const wanted = (name) => filters.elements[name].value;
    const picked = seasons.filter((season) => !wanted("season") || +wanted("season") === season);
    rows = [];
    tables.forEach((table, number) => {
      if (wanted("phase") && table.phase !== wanted("phase")) return;
      if (wanted("table") && table.name !== wanted("table")) return;
      rows.push({ heading: table });
      for (const season of picked) rows.push({ table: number, season });
    });
    chosen = null;
  }

  function measure() {
    const width = board.clientWidth;
    const many = rows.length - rows.filter((row) => row.heading).length;
    const row = many <= 60 ? 15 : many <= 160 ? 12 : 10;
    let y = MONTHS;
    for (const each of rows) {
      each.y = y;
      each.height = each.heading ? HEADING : row;
      y += each.height;
    }
    const step = (width - GUTTER) / (lastOffset - firstOffset + 1);
    layout = { width, height: y + 4, step, row };
    for (const each of [canvas, overlay]) resize(each, width, y + 4);
  }

  function resize(element, width, height) {
    const ratio = window.devicePixelRatio || 1;
    element.width = Math.round(width * ratio);
    element.height = Math.round(height * ratio);
    element.style.width = `${width}px`;
    element.style.height = `${height}px`;
    element.getContext("2d").setTransform(ratio, 0, 0, ratio, 0, 0);
  }

  function xOf(day) {
    return GUTTER + (days[day].offset - firstOffset) * layout.step;
  }

  function drawAll() {
    const context = canvas.getContext("2d");
    context.clearRect(0, 0, layout.width, layout.height);
    drawMonths(context);
    const palette = colours();
    const faint = fullcourt.colour("hair");
    const font = getComputedStyle(document.body).fontFamily;
    for (const row of rows) {
      if (row.heading) drawHeading(context, row, font);
      else drawRow(context, row, palette, faint, font);
    }
    drawCursor();
  }

  function drawMonths(context) {
    const names = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    context.font = `11px ${getComputedStyle(document.body).fontFamily}`;
    context.textBaseline = "alphabetic";
    const start = new Date(Date.UTC(2001, 9, 1));
    for (let month = 8; month < 26; month += 1) {
      const first = Date.UTC(2001, month, 1);
      const offset = Math.round((first - start) / DAY);
      if (offset < firstOffset - 25 || offset > lastOffset) continue;
      const x = Math.max(GUTTER, GUTTER + (offset - firstOffset) * layout.step);
      context.fillStyle = fullcourt.colour("hair");
      context.fillRect(Math.round(x), MONTHS, 1, layout.height - MONTHS);
      if (x + 22 > layout.width) continue;
      context.fillStyle = fullcourt.colour("soft");
      context.fillText(names[month % 12], x + 2, 12);
    }
  }

  function drawHeading(context, row, font) {
    context.textBaseline = "alphabetic";
    context.font = `600 12.5px ${font}`;
    context.fillStyle = fullcourt.colour("ink");
    context.fillText(row.heading.name, 0, row.y + HEADING - 7);
    const width = context.measureText(row.heading.name).width;
    context.font = `11px ${font}`;
    context.fillStyle = fullcourt.colour("soft");
    context.fillText(row.heading.phase, width + 8, row.y + HEADING - 7);
  }

  function drawRow(context, row, palette, faint, font) {
    const table = tables[row.table];
    const height = row.height - 2;
    context.font = `${Math.min(11, row.height - 1)}px ${font}`;
    context.textBaseline = "middle";
    context.fillStyle = fullcourt.colour("soft");
    context.fillText(seasonName(row.season), 0, row.y + height / 2 + 0.5);
    const gap = layout.step >= 3 ? 0.6 : 0;
    const width = Math.max(layout.step - gap, 0.8);
    const gaps = [];
    for (const day of daysOf.get(row.season)) {
      const standing = table.stands[day];
      if (data.standings[standing].gap) { gaps.push(day); continue; }
      const colour = shown.has(standing) ? palette[standing] : faint;
      paint(context, standing, colour, xOf(day), row.y, width, height);
    }
    drawLacks(context, row, width);
    // Gaps are drawn last and never too narrow to be seen.
    for (const day of gaps) {
      const standing = table.stands[day];
      const colour = shown.has(standing) ? palette[standing] : faint;
      paint(context, standing, colour, xOf(day), row.y, Math.max(width, 1.6), height);
    }
  }

  // Raw data that a date lacks is a notch at the top of its cells, whatever became of them.
  function drawLacks(context, row, width) {
    for (const day of daysOf.get(row.season)) {
      if (!days[day].lacks) continue;
      context.fillStyle = fullcourt.colour("paper");
      context.fillRect(xOf(day), row.y, Math.max(width, 1.6), 5);
      context.fillStyle = fullcourt.colour("cell-failed");
      context.fillRect(xOf(day), row.y, Math.max(width, 1.6), 3);
    }
  }

  function seasonName(season) {
    return `${season}-${String((season + 1) % 100).padStart(2, "0")}`;
  }

  function drawCursor() {
    const context = overlay.getContext("2d");
    context.clearRect(0, 0, layout.width, layout.height);
    if (!chosen) return;
    const row = rows[chosen.row];
    const width = Math.max(layout.step, 5);
    const x = xOf(chosen.day) + layout.step / 2 - width / 2;
    context.fillStyle = fullcourt.colour("focus");
    context.globalAlpha = 0.16;
    context.fillRect(GUTTER, row.y - 1, layout.width - GUTTER, row.height);
    context.globalAlpha = 1;
    context.strokeStyle = fullcourt.colour("ink");
    context.lineWidth = 2;
    context.strokeRect(x - 1.5, row.y - 2.5, width + 3, row.height + 3);
  }

  // The cell at a place of the canvas, or null.
  function cellAt(x, y) {
    const at = rows.findIndex((row) => !row.heading && y >= row.y && y < row.y + row.height);
    if (at < 0 || x < GUTTER - 2) return null;
    const offset = (x - GUTTER) / layout.step + firstOffset - 0.5;
    let best = null;
    for (const day of daysOf.get(rows[at].season)) {
      const far = Math.abs(days[day].offset - offset);
      if (best === null || far < best.far) best = { day, far };
    }
    const reach = Math.max(1.2, 6 / layout.step);
    return best && best.far <= reach ? { row: at, day: best.day } : null;
  }

  // What is to be said of a cell, name and value.
  function facts(cell) {
    const table = tables[rows[cell.row].table];
    const day = days[cell.day];
    const rowsHeld = table.rows[cell.day];
    const expected = table.expected[cell.day] ?? rowsHeld;
    const attempt = data.attempts[table.attempt[cell.day]];
    const told = [
      ["outcome", data.standings[table.stands[cell.day]].word],
      ["games", day.final === day.games ? `${day.games}` : `${day.games}, ${day.final} final`],
      ["rows", `${rowsHeld.toLocaleString("en")} of ${expected.toLocaleString("en")} expected`],
      ["reason", data.texts[table.why[cell.day]]],
    ];
    if (day.lacks) told.splice(2, 0, ["raw data", day.lacks]);
    if (attempt) {
      told.push(["last attempt", `${attempt[0]}, ended ${attempt[1]} UTC`], ["run", attempt[2]]);
    } else {
      told.push(["last attempt", "none"]);
    }
    return { title: `${table.name} ${day.day}`, told, brief: day.lacks ? 5 : 4, why: `${data.why} ${table.name} ${day.day}` };
  }

  function showTip(cell, x, y) {
    const found = facts(cell);
    tip.replaceChildren(fullcourt.make("strong", "", found.title));
    for (const [name, value] of found.told.slice(0, found.brief)) {
      const line = fullcourt.make("span");
      line.append(fullcourt.make("i", "", `${name} `), value);
      tip.append(line);
    }
    tip.hidden = false;
    const left = Math.min(x + 14, layout.width - tip.offsetWidth - 4);
    const below = y + 18 + tip.offsetHeight < layout.height;
    tip.style.left = `${Math.max(0, left)}px`;
    tip.style.top = `${below ? y + 18 : Math.max(0, y - tip.offsetHeight - 10)}px`;
  }

  function showCard(cell) {
    const found = facts(cell);
    const list = document.createElement("dl");
    for (const [name, value] of found.told) {
      list.append(fullcourt.make("dt", "", name), fullcourt.make("dd", "", value));
    }
    const command = fullcourt.make("p", "command");
    const button = fullcourt.make("button", "", "Copy");
    button.setAttribute("aria-label", `Copy ${found.why}`);
    button.type = "button";
    button.addEventListener("click", () => fullcourt.copy(found.why, button));
    command.append(fullcourt.make("code", "", found.why), button);
    card.replaceChildren(fullcourt.make("h3", "", found.title), list, command);
    const standing = data.standings[tables[rows[cell.row].table].stands[cell.day]];
    card.dataset.outcome = standing.key;
  }

  function choose(cell, aloud) {
    chosen = cell;
    drawCursor();
    if (!cell) return;
    showCard(cell);
    if (!aloud) return;
    const found = facts(cell);
    fullcourt.announce(`${found.title}: ${found.told.map((pair) => pair.join(" ")).join("; ")}`);
  }

  // Show a cell wherever it is: filters that hide it are taken back.
  function jump(tableName, dayName) {
    const number = tables.findIndex((table) => table.name === tableName);
    const day = days.findIndex((each) => each.day === dayName);
    if (number < 0 || day < 0) return;
    const find = () => rows.findIndex(
      (row) => row.table === number && row.season === days[day].season);
    if (find() < 0) {
      for (const name of ["phase", "table", "season"]) filters.elements[name].value = "";
      arrange();
      measure();
    }
    show(tables[number].stands[day], true);
    drawAll();
    const row = find();
    canvas.focus({ preventScroll: true });
    choose({ row, day }, true);
    const top = canvas.getBoundingClientRect().top + window.scrollY + rows[row].y;
    window.scrollTo({ top: top - window.innerHeight / 2, behavior: "instant" });
  }

  function show(standing, isShown) {
    if (isShown) shown.add(standing);
    else shown.delete(standing);
    const button = document.querySelector(`[data-outcome="${data.standings[standing].key}"]`);
    if (button) button.setAttribute("aria-pressed", String(isShown));
  }

  function refresh() {
    arrange();
    measure();
    drawAll();
    const cells = rows.filter((row) => !row.heading).length;
    fullcourt.announce(`${cells} rows of the calendar are shown`);
  }

  const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

  function move(event) {
    if (event.key === "Enter" && chosen) {
      const found = facts(chosen);
      fullcourt.copy(found.why, card.querySelector("button"));
      return;
    }
    if (event.key === "Escape") { choose(null); tip.hidden = true; return; }
    const ends = { Home: 0, End: -1 };
    if (!(event.key in STEPS) && !(event.key in ends)) return;
    event.preventDefault();
    if (!chosen) { choose(firstCell(), true); return; }
    const inRow = daysOf.get(rows[chosen.row].season);
    if (event.key in ends) {
      choose({ row: chosen.row, day: inRow.at(ends[event.key]) }, true);
      return;
    }
    const [down, along] = STEPS[event.key];
    choose(down ? nextRow(down) : nextDay(inRow, along), true);
    keepInView();
  }

  function firstCell() {
    const row = rows.findIndex((each) => !each.heading);
    return row < 0 ? null : { row, day: daysOf.get(rows[row].season)[0] };
  }

  function nextDay(inRow, along) {
    const at = Math.min(Math.max(inRow.indexOf(chosen.day) + along, 0), inRow.length - 1);
    return { row: chosen.row, day: inRow[at] };
  }

  function nextRow(down) {
    let row = chosen.row + down;
    while (rows[row] && rows[row].heading) row += down;
    if (!rows[row]) return chosen;
    const wanted = days[chosen.day].offset;
    const inRow = daysOf.get(rows[row].season);
    const far = (day) => Math.abs(days[day].offset - wanted);
    return { row, day: inRow.reduce((best, day) => (far(day) < far(best) ? day : best)) };
  }

  function keepInView() {
    if (!chosen) return;
    const y = canvas.getBoundingClientRect().top + rows[chosen.row].y;
    if (y < 90) window.scrollBy(0, y - 120);
    if (y > window.innerHeight - 40) window.scrollBy(0, y - window.innerHeight + 120);
  }

  // All dates of a row of the gaps, each a button; made when they are asked for.
  function unfold(button) {
    const open = button.getAttribute("aria-expanded") === "true";
    button.setAttribute("aria-expanded", String(!open));
    const after = button.closest("tr");
    if (open) { after.nextElementSibling.remove(); return; }
    const [cause, row] = button.dataset.days.split("|").map(Number);
    const cell = fullcourt.make("td");
    cell.colSpan = 4;
    for (const day of data.gaps[cause][row]) {
      const each = fullcourt.make("button", "plain day", day);
      each.type = "button";
      each.dataset.cell = `${button.dataset.table}|${day}`;
      each.setAttribute("aria-label", `${button.dataset.table} ${day}`);
      cell.append(each);
    }
    const line = fullcourt.make("tr", "dates");
    line.append(cell);
    after.after(line);
  }

  function drawSwatches() {
    const palette = colours();
    const draw = (element, key) => {
      const number = data.standings.findIndex((standing) => standing.key === key);
      const context = element.getContext("2d");
      context.clearRect(0, 0, element.width, element.height);
      paint(context, number, palette[number], 4, 2, element.width - 8, element.height - 4);
    };
    for (const button of document.querySelectorAll("button[data-outcome]")) {
      draw(button.querySelector("canvas"), button.dataset.outcome);
    }
    for (const element of document.querySelectorAll("canvas[data-swatch]")) {
      draw(element, element.dataset.swatch);
    }
  }

  canvas.addEventListener("pointermove", (event) => {
    const cell = cellAt(event.offsetX, event.offsetY);
    if (!cell) { tip.hidden = true; return; }
    showTip(cell, event.offsetX, event.offsetY);
  });
  canvas.addEventListener("pointerleave", () => { tip.hidden = true; });
  canvas.addEventListener("click", (event) => choose(cellAt(event.offsetX, event.offsetY), true));
  canvas.addEventListener("focus", () => { if (!chosen) choose(firstCell(), false); });
  canvas.addEventListener("keydown", move);
  filters.addEventListener("change", (event) => {
    const { phase, table } = filters.elements;
    if (event.target === phase) table.value = "";
    const picked = table.selectedOptions[0].dataset.phase;
    // A table of another phase is asked for: both at once would show nothing.
    if (event.target === table && picked !== phase.value) phase.value = "";
    refresh();
  });
  filters.addEventListener("submit", (event) => event.preventDefault());
  document.getElementById("calendar").addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.dataset.cell) jump(...button.dataset.cell.split("|"));
    if (button.dataset.days) unfold(button);
    if (button.dataset.outcome) {
      const key = button.dataset.outcome;
      const number = data.standings.findIndex((standing) => standing.key === key);
      show(number, !shown.has(number));
      drawAll();
    }
    if (button.dataset.outcomes) {
      const all = button.dataset.outcomes === "all";
      data.standings.forEach((standing, number) => show(number, all || standing.gap));
      if (all) for (const name of ["phase", "table", "season"]) filters.elements[name].value = "";
      refresh();
    }
  });

  // Paper gets a picture per table, which can stand on a page of its own.
  const slices = fullcourt.make("div", "slices");
  board.append(slices);
  const folded = document.querySelectorAll(".gap details:not([open])");
  addEventListener("afterprint", () => { for (const each of folded) each.open = false; });
  fullcourt.onPaper(() => {
    // Nobody unfolds a sheet of paper.
    for (const each of folded) each.open = true;
    const ratio = canvas.width / layout.width;
    const tops = rows.filter((row) => row.heading).map((row) => row.y);
    slices.replaceChildren();
    [0, ...tops].forEach((top, number, all) => {
      const bottom = all[number + 1] ?? layout.height;
      const part = document.createElement("canvas");
      part.width = canvas.width;
      part.height = Math.max(1, Math.round((bottom - top) * ratio));
      part.getContext("2d").drawImage(canvas, 0, -Math.round(top * ratio));
      const image = new Image();
      image.src = part.toDataURL();
      image.alt = number ? rows.filter((row) => row.heading)[number - 1].heading.name : "";
      slices.append(image);
    });
  });

  arrange();
  measure();
  fullcourt.themed(() => { drawAll(); drawSwatches(); });
  let width = board.clientWidth;
  new ResizeObserver(() => {
    if (board.clientWidth === width) return;
    width = board.clientWidth;
    measure();
    drawAll();
  }).observe(board);
})();
