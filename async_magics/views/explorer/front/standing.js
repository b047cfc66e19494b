// The code of the cell, and the lines of earlier cells, with marks where tasks stand. Text goes in as text only.

const standing = (function () {
  const MOST_MARKS = 6, MOST_LINES = 2000, SIGNS = ["▶", "●", "◌", "…", "≡", "", "?"];

  function make(tag, name, text) {
    const made = document.createElement(tag);
    if (name) made.className = name;
    if (text !== undefined) made.textContent = text;
    return made;
  }

  // The listing: a row for each line, found again by its place.
  function listing(view, replay) {
    const box = make("div", "am-r-code"), rows = new Map();
    box.setAttribute("role", "list");
    box.tabIndex = 0;
    box.setAttribute("aria-label", replay.words.source);
    const add = (file, number, text) => {
      const row = make("div", "am-r-line"), marks = make("span", "am-r-marks");
      row.setAttribute("role", "listitem");
      row.append(make("span", "am-r-number", String(number)), make("span", "am-r-text", text || " "), marks);
      box.appendChild(row);
      rows.set(`${file}:${number}`, { row, marks });
    };
    view.data.source.replace(/\n$/, "").split("\n").slice(0, MOST_LINES).forEach((text, at) => add("cell", at + 1, text));
    const others = replay.places.filter((place) => place.file !== "cell").sort((a, b) => a.file.localeCompare(b.file) || a.line - b.line);
    if (others.length) box.appendChild(make("div", "am-r-heading", replay.words.elsewhere));
    let file = "";
    others.forEach((place) => {
      if (place.file !== file) box.appendChild(make("div", "am-r-file", place.file));
      file = place.file;
      add(place.file, place.line, place.text);
    });
    return { box, rows, lit: [] };
  }

  function show(code, replay, now, chip) {
    code.lit.forEach(({ row, marks }) => { row.classList.remove("am-r-here"); row.style.removeProperty("--task"); marks.replaceChildren(); });
    code.lit = [];
    const standing = new Map();
    now.states.forEach((state) => {
      if (state.place < 0) return;
      if (!standing.has(state.place)) standing.set(state.place, []);
      standing.get(state.place).push(state);
    });
    standing.forEach((states, number) => {
      const place = replay.places[number], found = code.rows.get(`${place.file}:${place.line}`);
      if (found) mark(code, replay, found, states, chip);
    });
    reveal(code);
  }

  function mark(code, replay, found, states, chip) {
    states.sort((a, b) => a.phase - b.phase || a.task - b.task).slice(0, MOST_MARKS).forEach((state) => {
      const made = chip(state.task, SIGNS[state.phase]);
      made.title = `${replay.tasks.name[state.task]}: ${replay.phases[state.phase]}, ${replay.hows[state.how] || ""}`;
      found.marks.appendChild(made);
    });
    if (states.length > MOST_MARKS) found.marks.appendChild(make("span", "am-r-more", `+${states.length - MOST_MARKS}`));
    found.row.classList.add("am-r-here");
    found.row.style.setProperty("--task", chip.color(states[0].task));
    code.lit.push(found);
  }

  // Bring the running task's line into sight, without moving the page.
  function reveal(code) {
    const found = code.lit[code.lit.length - 1], box = code.box;
    if (!found || box.scrollHeight <= box.clientHeight) return;
    const top = found.row.offsetTop - box.offsetTop;
    if (top < box.scrollTop || top + found.row.offsetHeight > box.scrollTop + box.clientHeight) box.scrollTop = Math.max(0, top - box.clientHeight / 2);
  }

  return { listing, show, make, SIGNS };
})();
