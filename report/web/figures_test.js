"use strict";
const test = require("node:test");
const { strict: assert } = require("node:assert");
const figures = require("./figures.js");

const tried = (number, status, val_ppl, more) => ({ number, status, val_ppl, log_deviation: null, description: "",
  expectation: "", reason: "", proposer: "", family: "", commit: "", runs: [], ...more });

test("numbers have as many digits as they are worth", () => {
  assert.equal(figures.digits(19.916), "19.92");
  assert.equal(figures.digits(0.0012345), "0.001234");
  assert.equal(figures.digits(null), "");
  assert.equal(figures.digits(3e-6), "3.000e-6");
  assert.deepEqual(figures.withDeviation(19.91634, 0.0812), ["19.916", "± 0.081"]);
  assert.deepEqual(figures.withDeviation(19.91634, null), ["19.916", ""]);
});

test("a gain in nats reads as a change of perplexity", () => {
  assert.equal(figures.gainInWords(Math.log(20 / 18)), "10.0 % lower");
  assert.equal(figures.gainInWords(-Math.log(1.05)), "5.00 % higher");
  assert.equal(figures.gainInWords(null), "");
});

test("durations read as people say them", () => {
  assert.equal(figures.duration(12.34), "12.3 s");
  assert.equal(figures.duration(185), "3 min 05 s");
  assert.equal(figures.duration(7500), "2 h 05 min");
});

test("characters that hide or reorder text become visible", () => {
  assert.equal(figures.visible("a\u202eb\u0000\n\tc"), "a⟨U+202E⟩b⟨U+0000⟩\n\tc");
});

test("labels for the plotting library hold no markup", () => {
  assert.equal(figures.plotText("<a href='x'>&"), "&lt;a href='x'&gt;&amp;");
});

test("the staircase follows the baseline and what was kept, up to the last try", () => {
  const steps = figures.staircase([tried(1, "baseline", 20), tried(2, "discard", 15), tried(3, "keep", 18), tried(4, "crash", null)]);
  assert.deepEqual(steps, { x: [1, 3, 4.5], y: [20, 18, 18] });
});

test("a try that diverged does not widen the range near the best", () => {
  const [low, high] = figures.rangeNearBest([tried(1, "baseline", 20), tried(2, "discard", 900), tried(3, "discard", 950), tried(4, "keep", 18)]);
  assert.ok(low < 18 && low > 17);
  assert.ok(high > 20 && high <= 23);
  assert.equal(figures.rangeNearBest([tried(1, "crash", null)]), null);
});

test("a filter wants all words and one of the statuses", () => {
  const all = [tried(1, "keep", 20, { description: "lr: 1 -> 2" }), tried(2, "crash", null, { description: "lr: 1 -> 3" })];
  assert.deepEqual(figures.filtered(all, "LR 3", new Set()).map((e) => e.number), [2]);
  assert.deepEqual(figures.filtered(all, "lr", new Set(["keep"])).map((e) => e.number), [1]);
});

test("what has no value is sorted last, up and down", () => {
  const all = [tried(1, "crash", null), tried(2, "discard", 21), tried(3, "discard", 20)];
  const order = (descending) => figures.sortedBy(all, (e) => e.val_ppl, descending).map((e) => e.number);
  assert.deepEqual(order(false), [3, 2, 1]);
  assert.deepEqual(order(true), [2, 3, 1]);
});

test("layers have short names", () => {
  assert.equal(figures.shortLayer("model.layers.12.self_attn.q_proj.weight"), "12.q_proj");
  assert.equal(figures.shortLayer("lm_head"), "lm_head");
});

test("a run is compared with the incumbent's of the same seed", () => {
  const other = { runs: [{ number: 1, seed: "1" }, { number: 2, seed: "2" }], curves: { 1: {}, 2: {} } };
  assert.equal(figures.runToCompare({ seed: "2" }, other).number, 2);
  assert.equal(figures.runToCompare({ seed: "9" }, other).number, 1);
  assert.equal(figures.runToCompare({ seed: "1" }, { runs: [] }), null);
});

test("commands are given only for what is a commit", () => {
  const runs = [{ outcome: "crash", seed: "1" }, { outcome: "scored", seed: "7" }];
  assert.equal(figures.commandsFor({ commit: "abcdef0123", runs }), "git show abcdef0123:train.cpp > train.cpp\ntern train --seed 7");
  assert.equal(figures.commandsFor({ commit: "; rm -rf ~", runs }), "");
});
