// Puts the page together and lets its parts know of each other.

const data = JSON.parse(document.getElementById("data").textContent);
const experiments = data.experiments;
const byId = (id) => document.getElementById(id);
const view = { near: true, selected: null };

function tile(title, value, sd, note) {
  return element("div", { className: "tile" }, element("div", { className: "faint" }, title),
    element("div", { className: "value" }, value, sd ? element("span", { className: "sd" }, " " + sd) : ""),
    typeof note === "string" ? element("div", { className: "faint" }, note) : note);
}

function bestTile(summary) {
  const best = experiments[summary.best - 1];
  const runs = best.estimate_runs === 1 ? "one run" : `mean of ${best.estimate_runs} runs`;
  const [value, sd] = withDeviation(summary.best_ppl.value, summary.best_ppl.sd);
  const note = summary.optimistic ? "the one run that selected it: somewhat too good" : runs;
  return tile("Best perplexity", value, sd, `experiment ${summary.best}, ${note}`);
}

function gainTile(summary) {
  const baseline = experiments[summary.baseline - 1];
  if (!summary.gain) return tile("Gain over the baseline", "none yet", "", `baseline ${scoreInWords(baseline)}`);
  const { value, sd } = summary.gain;
  const [size, direction] = gainInWords(value).split(" % ");
  const spread = sd === null ? "" : ` ± ${digits(100 * Math.exp(-value) * sd, 2)} %`;
  return tile("Gain over the baseline", size + " %", direction + spread, `baseline ${scoreInWords(baseline)}`);
}

function sigmaTile(summary) {
  if (summary.sigma === null) return tile("Noise of one run", "unknown", "", "it takes two runs of one recipe");
  const percent = (value) => digits(100 * value, 2);
  return tile("Noise of one run", percent(summary.sigma) + " %", "sigma",
    `${percent(summary.sigma_low)} to ${percent(summary.sigma_high)} %, from ${summary.sigma_runs} runs`);
}

function countsTile() {
  const counts = STATUSES.map((status) => [status, experiments.filter((e) => e.status === status).length])
    .filter(([, count]) => count > 0);
  return tile("Experiments", String(experiments.length), "", element("div", { className: "chips" },
    ...counts.map(([status, count]) => statusMark(status, `${status} ${count}`))));
}

function drawTiles(summary) {
  const tiles = [];
  if (summary.best_ppl) tiles.push(bestTile(summary));
  if (summary.best_ppl && summary.baseline) tiles.push(gainTile(summary));
  if (summary.best_ppl && summary.full_precision_ppl) {
    tiles.push(tile("Against full precision", digits(summary.best_ppl.value / summary.full_precision_ppl, 4), "times",
      `its perplexity is ${digits(summary.full_precision_ppl, 5)}`));
  }
  tiles.push(sigmaTile(summary), countsTile());
  byId("tiles").replaceChildren(...tiles);
  byId("doubt").hidden = !summary.doubt;
  byId("doubt").textContent = visible(summary.doubt);
}

function copyButton(text) {
  if (!navigator.clipboard) return "";
  const button = element("button", { type: "button" }, "copy");
  button.addEventListener("click", () => navigator.clipboard.writeText(text).then(() => { button.textContent = "copied"; }));
  return button;
}

function drawRecipe(summary) {
  const best = experiments[summary.best - 1];
  const commands = best ? commandsFor(best) : "";
  if (!commands) return;
  const changed = summary.changed.map((knob) => element("tr", {}, element("td", {}, element("code", {}, visible(knob.name))),
    element("td", {}, visible(knob.baseline) || "–"), element("td", {}, visible(knob.best) || "–")));
  byId("recipe").hidden = false;
  byId("recipe").replaceChildren(
    element("h2", {}, "The best recipe and how to reproduce it"),
    element("p", {}, "Experiment ", experimentLink(best.number), `: ${visible(best.description)}`),
    changed.length === 0 ? "" : element("div", { className: "scroll" }, element("table", {},
      element("thead", {}, element("tr", {}, ...["knob", "baseline", "best"].map((name) => element("th", {}, name)))),
      element("tbody", {}, ...changed))),
    element("div", { className: "bar" }, element("h3", {}, "In this lab"), copyButton(commands)),
    element("pre", {}, commands),
    ...(data.best_diff ? [element("details", {}, element("summary", {}, "All its changes to the baseline's train.cpp"), diffBlock(data.best_diff))] : []));
}

function budgetText() {
  return data.budget_tokens > 0 ? `${digits(data.budget_tokens / 1e6, 3)} million tokens`
    : `${digits(data.budget_seconds, 3)} s of training`;
}

function drawHead() {
  const tag = data.tag ? `tern/${data.tag}, ` : "";
  const title = `${data.lab || "lab"}: Tern report`;
  document.title = visible(title);
  byId("title").textContent = visible(title);
  const made = new Date(1000 * data.made).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
  const running = experiments.find((e) => e.status === "running");
  byId("subtitle").textContent = visible(`${tag}${budgetText()} a run, policy ${data.policy}; made ${made}`
    + (running ? `, while experiment ${running.number} was running` : ""));
  byId("footer").textContent = [
    data.summary.sigma !== null ? "Error bars: one standard deviation of the score, sigma / √runs." : "",
    data.without_curves > 0 ? `Curves of ${data.without_curves} experiments were left out to keep this file small.` : "",
    data.without_diff > 0 ? `So were the diffs of ${data.without_diff}; tern diff N shows them.` : "",
  ].join(" ");
}

function redrawStaircase() {
  drawStaircase(experiments, view.selected, view.near);
  const range = rangeNearBest(experiments);
  const above = range === null ? 0 : experiments.filter((e) => e.val_ppl !== null && e.val_ppl > range[1]).length;
  byId("staircase-note").textContent = [
    view.near && above > 0 ? `▲ at the upper edge: ${above} ${above === 1 ? "try" : "tries"} above this range.` : "",
    ...data.breaks.map((at) => `Figures before ${at.next} that are faint or marked ~ are not comparable: ${visible(at.reason)}.`),
  ].join(" ");
}

/** Selects an experiment by its number and shows it everywhere. */
function select(number, scroll) {
  const experiment = experiments[number - 1];
  if (!experiment) return;
  view.selected = experiment;
  if (location.hash !== "#" + number) history.replaceState(null, "", "#" + number);
  byId("previous").disabled = number <= 1;
  byId("next").disabled = number >= experiments.length;
  showDetail(experiment, experiments[experiment.base - 1] || null);
  redrawStaircase();
  drawTable(experiments, number, (chosen) => select(chosen, true));
  byId("hover").hidden = true;
  const top = byId("detail").getBoundingClientRect().top;
  if (scroll && (top < 0 || top > innerHeight - 120)) byId("detail").scrollIntoView();
}

function listenToStaircase() {
  const chart = byId("staircase"), card = byId("hover");
  chart.on("plotly_hover", ({ points, event }) => {
    const experiment = experiments[points[0].customdata - 1];
    if (!experiment || touch()) return;
    card.replaceChildren(...hoverCard(experiment));
    card.hidden = false;
    const { width, height } = card.getBoundingClientRect();
    const left = event.clientX + 16 + width > innerWidth ? event.clientX - 16 - width : event.clientX + 16;
    card.style.left = Math.max(8, left) + "px";
    card.style.top = Math.max(8, Math.min(event.clientY - height / 2, innerHeight - height - 8)) + "px";
  });
  chart.on("plotly_unhover", () => { card.hidden = true; });
  chart.on("plotly_click", ({ points }) => select(points[0].customdata, false));
  chart.addEventListener("keydown", (event) => {
    const move = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!move || !view.selected) return;
    event.preventDefault();
    select(view.selected.number + move, false);
  });
}

function listen() {
  byId("previous").addEventListener("click", () => select(view.selected.number - 1, false));
  byId("next").addEventListener("click", () => select(view.selected.number + 1, false));
  for (const id of ["near", "all"]) {
    byId(id).addEventListener("click", () => {
      view.near = id === "near";
      byId("near").ariaPressed = String(view.near);
      byId("all").ariaPressed = String(!view.near);
      redrawStaircase();
    });
  }
  const redrawAll = () => { if (view.selected) select(view.selected.number, false); };
  const dark = matchMedia("(prefers-color-scheme: dark)");
  dark.addEventListener("change", redrawAll);
  byId("theme").addEventListener("click", () => {
    const root = document.documentElement;
    root.dataset.theme = (root.dataset.theme || (dark.matches ? "dark" : "light")) === "dark" ? "light" : "dark";
    redrawAll();
  });
  addEventListener("hashchange", () => select(Number(location.hash.slice(1)), true));
}

drawHead();
drawTrainRuns(data.train_runs);
if (experiments.length === 0) {
  for (const id of ["tiles", "progress", "detail", "experiments"]) byId(id).hidden = true;
  byId("empty").hidden = false;
} else {
  drawTiles(data.summary);
  drawRecipe(data.summary);
  drawFilters(experiments, () => drawTable(experiments, view.selected.number, (chosen) => select(chosen, true)));
  listen();
  const first = Number(location.hash.slice(1));
  select(experiments[first - 1] ? first : data.summary.best || experiments.length, false);
  listenToStaircase();
}
