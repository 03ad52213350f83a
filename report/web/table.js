// The table of experiments: sorted by a click on a heading, filtered by words and statuses.

const ROWS = 100;  // shown at first

const COLUMNS = [
  { title: "#", key: (e) => e.number, cell: (e) => experimentLink(e.number), number: true },
  { title: "status", key: (e) => STATUSES.indexOf(e.status), cell: (e) => statusMark(e.status) },
  { title: "perplexity", key: (e) => e.val_ppl, cell: (e) => score(e), number: true },
  { title: "change", key: (e) => e.gain === null ? null : -e.gain, cell: (e) => gainInWords(e.gain), number: true, wide: true },
  { title: "description", key: (e) => e.description, cell: (e) => visible(e.description), words: true },
  { title: "proposer", key: (e) => e.proposer + e.family, wide: true,
    cell: (e) => visible([e.proposer, e.family].filter(Boolean).join(", ")) },
  { title: "runs", key: (e) => e.runs.length, cell: (e) => String(e.runs.length), number: true, wide: true },
  { title: "time", key: (e) => spent(e), cell: (e) => duration(spent(e)), number: true, wide: true },
];

function score(experiment) {
  const [value, sd] = withDeviation(experiment.val_ppl, deviation(experiment));
  const mark = experiment.comparable || experiment.val_ppl === null ? "" : " ~";
  return element("span", { title: mark && "measured under other conditions, so not comparable" }, value, mark, sd ? element("span", { className: "sd" }, " " + sd) : "");
}

/** Seconds that the experiment's runs took. */
function spent(experiment) {
  const known = experiment.runs.filter((run) => run.time_s !== null);
  return known.length === 0 ? null : known.reduce((sum, run) => sum + run.time_s, 0);
}

const table = { column: 0, descending: true, words: "", statuses: new Set(), all: false };

function cellClass(column) {
  return [column.number && "number", column.words && "words", column.wide && "wide-only"].filter(Boolean).join(" ");
}

function tableHead(redraw) {
  return element("thead", {}, element("tr", {}, ...COLUMNS.map((column, i) => {
    const button = element("button", { type: "button" }, column.title);
    button.addEventListener("click", () => {
      table.descending = table.column === i ? !table.descending : column.title === "#";
      table.column = i;
      redraw();
      document.querySelectorAll("#table th button")[i].focus();
    });
    const sort = table.column !== i ? "none" : table.descending ? "descending" : "ascending";
    return element("th", { className: cellClass(column), scope: "col", "aria-sort": sort }, button);
  })));
}

/** Fills the table; `select` is called with an experiment's number when its row is clicked. */
function drawTable(experiments, selected, select) {
  const redraw = () => drawTable(experiments, table.selected, select);
  table.selected = selected;
  const column = COLUMNS[table.column];
  const found = sortedBy(filtered(experiments, table.words, table.statuses), column.key, table.descending);
  const shown = table.all ? found : found.slice(0, ROWS);
  const rows = shown.map((e) => {
    const row = element("tr", { "aria-selected": String(e.number === selected) },
      ...COLUMNS.map((c) => element("td", { className: cellClass(c) }, c.cell(e))));
    row.addEventListener("click", () => select(e.number));
    return row;
  });
  document.getElementById("table").replaceChildren(tableHead(redraw), element("tbody", {}, ...rows));
  document.getElementById("table-note").textContent =
    found.length === experiments.length ? "" : `${found.length} of ${experiments.length} experiments`;
  const more = document.getElementById("more");
  more.hidden = shown.length === found.length;
  more.textContent = `Show all ${found.length}`;
  more.onclick = () => { table.all = true; redraw(); };
}

/** The filters above the table. */
function drawFilters(experiments, redraw) {
  const input = document.getElementById("filter");
  input.addEventListener("input", () => { table.words = input.value; redraw(); });
  for (const status of STATUSES) {
    const count = experiments.filter((e) => e.status === status).length;
    if (count === 0) continue;
    const button = element("button", { type: "button", ariaPressed: "false" }, statusMark(status, `${status} ${count}`));
    button.addEventListener("click", () => {
      const on = !table.statuses.delete(status);
      if (on) table.statuses.add(status);
      button.ariaPressed = String(on);
      redraw();
    });
    document.getElementById("statuses").append(button);
  }
}
