// The selected experiment: what was tried, its diff, its curves beside the incumbent's, its runs.

/** An element with properties and children; texts become text nodes, never markup. */
function element(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name in node) node[name] = value;
    else node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child !== null && child !== ""));
  return node;
}

function statusMark(status, text = status) {
  const mark = element("span", { className: "status" }, text);
  mark.style.setProperty("--mark", `var(--${STATUSES.includes(status) ? status : "discard"})`);
  return mark;
}

/** A unified diff with its lines coloured; at most so many of them. */
function diffBlock(diff, most = Infinity) {
  const kinds = { "+": "added", "-": "removed", "@": "hunk" };
  const lines = diff.replace(/\n$/, "").split("\n");
  const block = element("pre", { className: "diff" });
  for (const line of lines.slice(0, most)) {
    block.append(element("span", { className: kinds[line[0]] || "" }, visible(line) || " "));
  }
  if (lines.length > most) block.append(element("span", { className: "hunk" }, `… ${lines.length - most} more lines`));
  return block;
}

/** "19.92 ± 0.08" of an experiment, or "". */
function scoreInWords(experiment) {
  if (experiment.val_ppl === null) return "";
  return withDeviation(experiment.val_ppl, deviation(experiment)).join(" ").trim();
}

function experimentLink(number) {
  return element("a", { href: "#" + number }, String(number));
}

function facts(experiment) {
  const list = element("dl");
  const fact = (name, ...value) => {
    if (value.every((part) => part === "" || part === null)) return;
    list.append(element("dt", {}, name), element("dd", {}, ...value));
  };
  const score = scoreInWords(experiment);
  fact("perplexity", score, score && experiment.selected_by_its_score
    ? element("span", { className: "faint" }, " (one run, the one that it was judged by)") : "");
  const gain = gainInWords(experiment.gain);
  fact("gain", gain, gain && experiment.base > 0 ? ` than experiment ${experiment.base}` : "");
  fact("expected", visible(experiment.expectation));
  fact("verdict", visible(experiment.reason));
  fact("proposed by", visible([experiment.proposer, experiment.family].filter(Boolean).join(", ")));
  if (experiment.base > 0) fact("changed", "experiment ", experimentLink(experiment.base));
  if (experiment.commit) fact("commit", element("code", {}, visible(experiment.commit.slice(0, 12))));
  if (experiment.attempts > 1) fact("begun", `${experiment.attempts} times: the loop or the machine went down`);
  return list;
}

function diffOf(experiment) {
  if (experiment.diff) return diffBlock(experiment.diff);
  if (experiment.base === 0) return element("p", { className: "faint" }, "The recipe as the search found it.");
  return element("p", { className: "faint" }, "Its diff is not in this file: ",
    element("code", {}, `tern diff ${experiment.number}`), " shows it.");
}

function runsTable(experiment) {
  if (experiment.runs.length === 0) return "";
  const head = ["run", "seed", "outcome", "perplexity", "bits/byte", "steps", "training", "memory", ""];
  const rows = experiment.runs.map((run) => element("tr", {}, ...[
    String(run.number), run.seed, run.outcome + (run.stale ? ", stale" : ""), digits(run.val_ppl, 5), digits(run.val_bpb, 4),
    run.steps === null ? "" : String(run.steps), duration(run.training_s),
    run.memory_gb === null ? "" : digits(run.memory_gb, 3) + " GB",
    [run.comparison !== experiment.number ? `for experiment ${run.comparison}` : "", visible(run.reason)]
      .filter(Boolean).join(": "),
  ].map((text, i) => element("td", { className: i === 8 ? "words" : i === 2 ? "" : "number" }, visible(text)))));
  return element("div", {}, element("h3", {}, "Runs"), element("div", { className: "scroll" }, element("table", {},
    element("thead", {}, element("tr", {}, ...head.map((name, i) => element("th", { className: i === 2 || i === 8 ? "" : "number" }, name)))),
    element("tbody", {}, ...rows))));
}

/** Why there is nothing to draw, or what is drawn. */
function curvesNote(experiment, run, other, otherRun) {
  if (experiment.runs.length === 0) return "It never ran, so there are no curves.";
  if (!experiment.curves) return "Its curves are not in this file, which keeps those of the best, the kept and the latest experiments.";
  if (!run) return "Its runs wrote no curves.";
  const curve = experiment.curves[run.number];
  const thin = curve.steps_written > curve.step.length
    ? ` A point is the mean of ${Math.ceil(curve.steps_written / curve.step.length)} of ${curve.steps_written} steps.` : "";
  const against = otherRun ? ` Dotted: experiment ${other.number}, seed ${otherRun.seed}, which it changed.` : "";
  return `Curves of run ${run.number}, seed ${run.seed}.${against}${thin}`;
}

function showCurves(experiment, other, runNumber) {
  const runs = experiment.curves ? experiment.runs.filter((run) => experiment.curves[run.number]) : [];
  const run = runs.find((candidate) => candidate.number === runNumber) || runs[0] || null;
  const otherRun = run ? runToCompare(run, other) : null;
  const note = document.getElementById("curves-note");
  note.replaceChildren(visible(curvesNote(experiment, run, other, otherRun)), " ");
  if (runs.length > 1) {
    const choice = element("select", { ariaLabel: "Run whose curves are shown" },
      ...runs.map((r) => element("option", { value: r.number, selected: r === run }, `run ${r.number}, seed ${r.seed}`)));
    choice.addEventListener("change", () => showCurves(experiment, other, Number(choice.value)));
    note.append(choice);
  }
  const curve = run ? experiment.curves[run.number] : null;
  const show = (id, shown) => { document.getElementById(id).parentElement.hidden = !shown; return shown; };
  document.getElementById("curves-charts").hidden = curve === null;
  if (curve === null) return;
  const steps = show("loss", curve.step.length > 0);
  show("schedule", steps);
  if (steps) {
    drawCurves(curve, `experiment ${experiment.number}`, otherRun ? other.curves[otherRun.number] : null,
      otherRun ? `experiment ${other.number}` : "");
  }
  if (show("codes", curve.evaluations.step.length > 1)) drawCodes(curve.evaluations);
  if (show("layers", curve.layers.name.length > 0)) drawLayers(curve.layers);
}

function showDetail(experiment, other) {
  document.getElementById("detail-title").replaceChildren(`Experiment ${experiment.number}: `, statusMark(experiment.status));
  document.getElementById("detail-body").replaceChildren(
    element("p", {}, visible(experiment.description)), facts(experiment), diffOf(experiment));
  document.getElementById("detail-runs").replaceChildren(runsTable(experiment));
  showCurves(experiment, other);
}

/** The card beside the pointer. */
function hoverCard(experiment) {
  const score = scoreInWords(experiment);
  const line = (text) => text ? element("p", {}, visible(text)) : "";
  return [
    element("p", {}, element("strong", {}, `${experiment.number} `), statusMark(experiment.status), score ? ` ${score}` : ""),
    line(experiment.description), line(experiment.expectation && "Expected: " + experiment.expectation), line(experiment.reason),
    experiment.diff ? diffBlock(experiment.diff, 14) : "",
  ].filter((part) => part !== "");
}
