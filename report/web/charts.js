// The charts, all drawn by Plotly. Colours are the style sheet's, so a change of theme redraws them.

const SYMBOLS = { running: "star", baseline: "diamond", keep: "circle", discard: "circle-open",
  crash: "x-thin", timeout: "triangle-down-open", rejected: "line-ew" };

/** A colour of the style sheet as it is in the present theme. */
function color(name) {
  const probe = document.getElementById("hover");
  const before = probe.style.color;
  probe.style.color = `var(--${name})`;
  const value = getComputedStyle(probe).color;
  probe.style.color = before;
  return value;
}

const touch = () => matchMedia("(pointer: coarse)").matches;

function axis(title, more) {
  return { title: { text: title, standoff: 8, font: { size: 12 } }, gridcolor: color("line"), linecolor: color("line"),
    zeroline: false, automargin: true, fixedrange: touch(), ...more };
}

function layout(more) {
  return { paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", margin: { l: 48, r: 12, t: 8, b: 40 },
    font: { family: "system-ui, sans-serif", size: 12, color: color("faint") }, dragmode: touch() ? false : "zoom",
    hoverlabel: { bgcolor: color("card"), bordercolor: color("line"), font: { color: color("text") } },
    legend: { orientation: "h", x: 0, y: 1, yanchor: "bottom", font: { color: color("text") } }, ...more };
}

function draw(id, traces, chartLayout) {
  return Plotly.react(id, traces, chartLayout, { responsive: true, displayModeBar: false });
}

/** The tries of one status. Those above the range stand as triangles at its upper edge. */
function tries(experiments, status, range) {
  const of = experiments.filter((e) => e.status === status);
  const scored = of.filter((e) => e.val_ppl !== null);
  const above = (e) => range && e.val_ppl > range[1];
  const faint = status === "discard";
  const failed = of.filter((e) => e.val_ppl === null);
  const many = experiments.length > 300;
  const marker = { color: color(status), size: (faint ? 7 : 9) - (many ? 2 : 0), line: { width: 1.6, color: color(status) } };
  return [
    { name: status, x: scored.map((e) => e.number), customdata: scored.map((e) => e.number),
      y: scored.map((e) => above(e) ? range[1] : e.val_ppl), mode: "markers",
      marker: { ...marker, symbol: scored.map((e) => above(e) ? "triangle-up" : SYMBOLS[status]),
        opacity: scored.map((e) => e.comparable ? 1 : 0.35) },
      error_y: { type: "data", array: scored.map((e) => above(e) ? 0 : deviation(e) || 0), thickness: 1,
        width: 0, color: color(status) },
      opacity: faint ? 0.75 : 1 },
    { name: status, x: failed.map((e) => e.number), y: failed.map(() => 0), yaxis: "y2", mode: "markers", cliponaxis: false,
      customdata: failed.map((e) => e.number), marker: { ...marker, size: 8, symbol: SYMBOLS[status] } },
  ].filter((trace) => trace.x.length > 0)
    .map((trace, i) => ({ ...trace, type: "scatter", hoverinfo: "none", legendgroup: status, showlegend: i === 0 }));
}

function ring(experiment, range) {
  const scored = experiment.val_ppl !== null;
  return { type: "scatter", mode: "markers", hoverinfo: "skip", showlegend: false, x: [experiment.number],
    y: [scored ? Math.min(experiment.val_ppl, range ? range[1] : Infinity) : 0], yaxis: scored ? "y" : "y2", cliponaxis: false,
    marker: { symbol: "circle-open", size: 17, color: color("text"), line: { width: 2 } } };
}

/** The staircase of the best recipe with every try; `near` leaves out what is far above. */
function drawStaircase(experiments, selected, near) {
  const range = near ? rangeNearBest(experiments) : null;
  const best = staircase(experiments);
  const failures = experiments.some((e) => e.val_ppl === null);
  const drawn = (statuses) => statuses.flatMap((status) => tries(experiments, status, range));
  const traces = [
    ...drawn(["discard", "crash", "timeout", "rejected", "running"]),
    { type: "scatter", name: "best so far", mode: "lines", x: best.x, y: best.y, hoverinfo: "skip", legendrank: 1,
      line: { shape: "hv", width: 2.5, color: color("keep") } },
    ...drawn(["keep", "baseline"]),
  ];
  if (selected) traces.push(ring(selected, range));
  const last = experiments.length;
  return draw("staircase", traces, layout({
    hovermode: "closest", showlegend: innerWidth > 640,  // on a phone it would take half of the chart
    xaxis: axis("experiment", { range: [last < 60 ? Math.max(0.1, 0.5 - 0.02 * last) : -0.01 * last, last + 0.5 + 0.02 * last], tickformat: "d",
      dtick: last < 12 ? 1 : undefined, showgrid: false, anchor: "free", position: 0 }),
    yaxis: axis("perplexity", { type: near ? "linear" : "log", domain: [failures ? 0.11 : 0, 1],
      ...(range ? { range: [range[0], range[1] + 0.03 * (range[1] - range[0])] } : {}) }),
    yaxis2: axis("", { domain: [0, 0.07], range: [-1, 1], fixedrange: true, showgrid: false, visible: failures,
      tickvals: [0], ticktext: ["no score"] }),
  }));
}

/** Lines of a run, and dotted ones of the run it is compared with. */
function drawCurves(curve, name, other, otherName) {
  const { x, unit } = progressOf(curve);
  const against = other ? progressOf(other) : null;
  const line = (y, title, tone, more) => ({ type: "scatter", mode: "lines", x, y, name: title,
    line: { color: color(tone), width: 2 }, ...more });
  const dotted = (y, title, tone, more) => against === null || against.unit !== unit ? [] : [
    { type: "scatter", mode: "lines", x: against.x, y, name: title, line: { color: color(tone), width: 1.5, dash: "dot" },
      ...more }];
  const losses = [...curve.loss, ...(other ? other.loss : [])].filter((v) => v !== null);
  const low = quantile(losses, 0), high = quantile(losses, 0.97);
  const pad = 0.06 * (high - low) || 0.1;
  draw("loss", [
    ...dotted(other && other.loss, otherName, "faint"),
    line(curve.loss, name, "accent"),
  ], layout({ hovermode: "x unified", showlegend: true, xaxis: axis(unit),
    yaxis: axis("", losses.length > 0 ? { range: [low - pad, high + pad] } : {}) }));
  draw("schedule", [
    ...dotted(other && other.lr, "learning rate, " + otherName, "pos1"),
    ...dotted(other && other.lambda, "lambda, " + otherName, "neg1", { yaxis: "y2" }),
    line(curve.lr, "learning rate", "pos1"),
    line(curve.lambda, "lambda", "neg1", { yaxis: "y2" }),
  ].map((trace) => ({ ...trace, showlegend: trace.line.dash !== "dot" })), layout({
    hovermode: "x unified", showlegend: true, margin: { l: 48, r: 40, t: 8, b: 40 }, xaxis: axis(unit),
    yaxis: axis("", { rangemode: "tozero", exponentformat: "e", tickfont: { color: color("pos1") } }),
    yaxis2: axis("", { overlaying: "y", side: "right", range: [-0.03, 1.03], tickvals: [0, 0.5, 1], showgrid: false,
      tickfont: { color: color("neg1") } }),
  }));
}

const CODES = [["neg1", "−1"], ["zero", "0"], ["pos1", "+1"]];

/** Shares of the codes over the run, stacked. */
function drawCodes(evaluations) {
  const { x, unit } = progressOf(evaluations);
  draw("codes", CODES.map(([key, name]) => ({
    type: "scatter", mode: "lines", stackgroup: "codes", x, y: evaluations[key], name,
    line: { width: 0.5, color: color(key) }, fillcolor: color(key), hovertemplate: "%{y:.1%}",
  })), layout({ hovermode: "x unified", xaxis: axis(unit), yaxis: axis("", { range: [0, 1], tickformat: ".0%" }) }));
}

/** Shares of the codes in each layer, stacked, with the share of codes that still flip on hover. */
function drawLayers(layers) {
  const names = layers.name.map((name) => plotText(shortLayer(name)));
  const flips = layers.flip_rate.map((rate) => rate === null ? "" : `<br>${digits(100 * rate, 2)} % flipped since the last evaluation`);
  draw("layers", CODES.map(([key, name]) => ({
    type: "bar", x: names.map((_, i) => i), y: layers[key], name, marker: { color: color(key), line: { width: 0 } },
    customdata: names.map((label, i) => label + flips[i]),
    hovertemplate: `%{customdata}<br>${name}: %{y:.1%}<extra></extra>`,
  })), layout({ barmode: "stack", bargap: names.length > 60 ? 0 : 0.08, hovermode: "closest",
    xaxis: axis("layer", { tickvals: names.map((_, i) => i).filter((i) => i % Math.ceil(names.length / 14) === 0),
      ticktext: names.filter((_, i) => i % Math.ceil(names.length / 14) === 0), tickangle: -45 }),
    yaxis: axis("", { range: [0, 1], tickformat: ".0%" }) }));
}
