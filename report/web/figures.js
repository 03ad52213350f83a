// What the page shows as numbers and words: functions of the data alone, tested by figures_test.js.

const STATUSES = ["running", "baseline", "keep", "discard", "crash", "timeout", "rejected"];

/** A number with so many significant digits, "" for null. */
function digits(value, count = 4) {
  if (value === null || value === undefined || !Number.isFinite(value)) return "";
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e7 || size < 1e-4)) return value.toExponential(count - 1);
  const decimals = Math.max(0, count - 1 - Math.floor(Math.log10(size || 1)));
  return value.toFixed(Math.min(decimals, 10));
}

/** A value with as many decimals as its deviation is worth: two digits of that. */
function withDeviation(value, sd) {
  if (!sd) return [digits(value, 5), ""];
  const decimals = Math.min(8, Math.max(0, 1 - Math.floor(Math.log10(sd))));
  return [value.toFixed(decimals), "± " + sd.toFixed(decimals)];
}

/** Nats won, as a change of perplexity: "12.3 % lower". */
function gainInWords(gain) {
  if (gain === null || gain === undefined) return "";
  const percent = 100 * Math.expm1(-gain);
  return digits(Math.abs(percent), 3) + (percent <= 0 ? " % lower" : " % higher");
}

/** Seconds as "2 h 05 min", "3 min 20 s" or "12.3 s". */
function duration(seconds) {
  if (seconds === null || seconds === undefined) return "";
  if (seconds < 60) return digits(seconds, 3) + " s";
  const whole = Math.round(seconds);
  const pad = (n) => String(n).padStart(2, "0");
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${pad(whole % 60)} s`;
  return `${Math.floor(whole / 3600)} h ${pad(Math.floor((whole % 3600) / 60))} min`;
}

/** Text with the characters made visible that could hide or reorder what is written. */
function visible(text) {
  return String(text).replace(
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g,
    (c) => "⟨U+" + c.codePointAt(0).toString(16).toUpperCase().padStart(4, "0") + "⟩");
}

/** Text for labels that the plotting library draws: it reads some markup, which is not meant here. */
function plotText(text) {
  return visible(text).replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}

/** One standard deviation of an experiment's perplexity, or null. */
function deviation(experiment) {
  if (experiment.val_ppl === null || experiment.log_deviation === null) return null;
  return experiment.val_ppl * experiment.log_deviation;
}

const stands = (e) => (e.status === "baseline" || e.status === "keep") && e.val_ppl !== null;

/** The perplexity of the best recipe after each experiment that changed it, up to the last one. */
function staircase(experiments) {
  const steps = experiments.filter(stands);
  const x = steps.map((e) => e.number), y = steps.map((e) => e.val_ppl);
  if (steps.length > 0) {
    x.push(experiments[experiments.length - 1].number + 0.5);
    y.push(y[y.length - 1]);
  }
  return { x, y };
}

function quantile(values, share) {
  const sorted = values.filter(Number.isFinite).sort((a, b) => a - b);
  return sorted.length === 0 ? null : sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}

/**
 * The perplexities in view near the best: up to somewhat above the baseline, so that a try that
 * diverged does not press all others flat. Null without a score.
 */
function rangeNearBest(experiments) {
  const scores = experiments.filter((e) => e.val_ppl !== null).map((e) => e.val_ppl);
  if (scores.length === 0) return null;
  const standing = experiments.filter(stands).map((e) => e.val_ppl);
  const first = standing.length > 0 ? standing[0] : Math.max(...scores);
  const best = Math.min(...scores);
  const span = Math.max(first - best, 0.02 * best);
  const high = Math.min(Math.max(quantile(scores, 0.75), first + 0.25 * span), first + 1.5 * span);
  return [best - 0.1 * (high - best), high];
}

/** Experiments that hold all words of a text and have one of the statuses (any when none is given). */
function filtered(experiments, words, statuses) {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  return experiments.filter((e) => {
    if (statuses.size > 0 && !statuses.has(e.status)) return false;
    const all = [e.number, e.status, e.description, e.expectation, e.reason, e.proposer, e.family, e.commit]
      .join(" ").toLowerCase();
    return wanted.every((word) => all.includes(word));
  });
}

/** A sorted copy by a key of each; what has none goes last in both directions. */
function sortedBy(experiments, key, descending) {
  const missing = (v) => v === null || v === undefined || v === "";
  return [...experiments].sort((a, b) => {
    const x = key(a), y = key(b);
    if (missing(x) || missing(y)) return missing(x) - missing(y) || a.number - b.number;
    const order = typeof x === "string" ? x.localeCompare(y) : x - y;
    return (descending ? -order : order) || a.number - b.number;
  });
}

/** "0.q_proj" for "model.layers.0.self_attn.q_proj.weight"; short names stay. */
function shortLayer(name) {
  const parts = name.replace(/\.weight$/, "").split(".");
  const block = parts.find((part) => /^\d+$/.test(part));
  return block === undefined ? name : block + "." + parts[parts.length - 1];
}

/** The run of `other` to lay beside a run: with the same seed where there is one, else the first. */
function runToCompare(run, other) {
  if (!other || !other.curves) return null;
  const shown = other.runs.filter((r) => other.curves[r.number]);
  return shown.find((r) => r.seed === run.seed) || shown[0] || null;
}

/** Tokens where every point has them, else steps. */
function progressOf(curve) {
  const known = (values) => values.length > 0 && values.every((v) => v !== null);
  return known(curve.tokens) ? { x: curve.tokens, unit: "tokens" } : { x: curve.step, unit: "steps" };
}

/** The commands that run a recipe again; empty for what is no commit. */
function commandsFor(experiment) {
  if (!/^[0-9a-f]{7,64}$/.test(experiment.commit)) return "";
  const scored = experiment.runs.find((run) => run.outcome === "scored");
  const seed = scored && /^\d+$/.test(scored.seed) ? scored.seed : "1";
  return `git show ${experiment.commit}:train.cpp > train.cpp\ntern train --seed ${seed}`;
}

if (typeof module !== "undefined") {
  module.exports = { digits, withDeviation, gainInWords, duration, visible, plotText, deviation, staircase,
    rangeNearBest, filtered, sortedBy, shortLayer, runToCompare, progressOf, commandsFor };
}
