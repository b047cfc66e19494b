// The source of the cell with numbers; marked are the lines that findings and remarks speak of, and the one of the slice pointed at.

const FLASH_MS = 1500;

function sourcePanel(view) {
  if (!view.data.source.trim()) return;
  const { box, body } = panel(view, view.places.side, "source", true);
  const lines = view.data.source.replace(/\n$/, "").split("\n").map((text, number) => sourceLine(view, text, number + 1));
  const list = element("div", "am-source", ...lines);
  list.tabIndex = 0;
  list.setAttribute("role", "group");
  list.setAttribute("aria-label", view.words("panel source"));
  body.append(list);
  let pointed = null;
  view.on("line", ({ line, go }) => {
    const found = lines[line - 1] || null;
    if (pointed !== found) {
      if (pointed) pointed.classList.remove("am-pointed");
      if (found) found.classList.add("am-pointed");
      pointed = found;
    }
    if (!found || !go) return;
    box.open = true;
    list.scrollTop = found.offsetTop - list.clientHeight / 2;
    found.classList.add("am-flash");
    setTimeout(() => found.classList.remove("am-flash"), FLASH_MS);
  });
  view.on("hover", (target) => view.tell("line", { line: lineAt(target), go: false }));
}

function sourceLine(view, text, number) {
  const mark = element("span", "am-mark");
  const code = element("code", "", text || " ");
  const line = element("div", "am-source-line", element("span", "am-source-number", String(number)), mark, code);
  line.dataset.line = number;
  const told = view.data.findings.filter((found) => found.line === number);
  const said = view.data.remarks.filter((remark) => remark.line === number);
  if (!told.length && !said.length) return line;
  line.classList.add(told.length ? "am-blamed" : "am-remarked");
  mark.textContent = told.length ? "!" : disc(said[0].number);
  line.title = [...told.map((found) => found.what), ...new Set(said.map((remark) => remark.text))].join("\n");
  return line;
}

// The line of the cell that a slice belongs to, 0 for none.
function lineAt(target) { return target && target.place && target.place.file === "cell" ? target.place.line : 0; }

function lineButton(view, line) {
  return button(fill(view, "line {}", [line]), () => view.tell("line", { line, go: true }), "am-link");
}

function disc(number) { return number <= 20 ? String.fromCharCode(0x245f + number) : `(${number})`; }
