// The table of runs that `tern train` made by hand, beside the experiments of a search.

const RUN_COLUMNS = [
  ["run", (run) => run.number],
  ["steps", (run) => run.steps === null ? "stopped" : String(run.steps)],
  ["perplexity", (run) => run.val_ppl === null ? "not scored" : digits(run.val_ppl, 5)],
  ["bits per byte", (run) => run.val_bpb === null ? "" : digits(run.val_bpb, 4)],
  ["by itself", (run) => run.eval_ppl === null ? "" : digits(run.eval_ppl, 5)],
  ["tokens", (run) => run.tokens === null ? "" : run.tokens.toLocaleString("en")],
  ["training", (run) => run.training_s === null ? "" : duration(run.training_s)],
  ["tokens/s", (run) => run.tokens_per_s === null ? "" : digits(run.tokens_per_s, 4)],
];

/** Shows the card with the runs where there are any. */
function drawTrainRuns(runs) {
  document.getElementById("train-runs").hidden = runs.length === 0;
  const head = element("tr", {}, ...RUN_COLUMNS.map(([title]) => element("th", { scope: "col" }, title)));
  const rows = runs.map((run) => element("tr", {}, ...RUN_COLUMNS.map(([title, cell]) =>
    element("td", { className: title === "run" ? "" : "number" }, cell(run)))));
  document.getElementById("train-runs-table").replaceChildren(element("thead", {}, head), element("tbody", {}, ...rows));
}
