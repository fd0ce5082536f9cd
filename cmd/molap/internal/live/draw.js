// Figures that can be read with a pointer and with the arrow keys.

const svgNS = "http://www.w3.org/2000/svg";

export function svg(name, attributes, ...children) {
  const e = document.createElementNS(svgNS, name);
  for (const [key, value] of Object.entries(attributes)) e.setAttribute(key, value);
  e.append(...children);
  return e;
}

export const number = (x) => (x === 0 ? "0" : Math.abs(x) < 1e-3 || Math.abs(x) >= 1e5 ? x.toExponential(2) : x.toPrecision(3));

const path = (points) => points.map(([x, y], i) => `${i ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`).join("");

// ticks returns round numbers between two bounds, about as many as wanted.
function ticks(low, high, wanted) {
  const raw = (high - low) / wanted, unit = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].find((m) => m * unit >= raw) * unit;
  const all = [];
  for (let i = Math.ceil(low / step); i * step <= high * (1 + 1e-9); i++) all.push(i * step);
  return all;
}

// logTicks returns 1, 2 and 5 in every decade, or powers of ten if there are many.
function logTicks(low, high) {
  const all = [];
  const digits = high / low > 1000 ? [1] : [1, 2, 5];
  for (let e = Math.floor(Math.log10(low)); e <= Math.ceil(Math.log10(high)); e++)
    for (const d of digits) if (d * 10 ** e >= low && d * 10 ** e <= high) all.push(d * 10 ** e);
  return all;
}

// reader moves a cursor over an element: move(x, y) for the pointer, in parts of its
// size, step(dx, dy) for the keys. Both return what is there, in words.
function reader(element, move, step, leave) {
  const output = element.closest("figure").querySelector("output");
  const say = (text) => {
    output.textContent = text;
    element.setAttribute("aria-valuetext", text || "no value yet");
  };
  const point = (e) => {
    const box = element.getBoundingClientRect();
    say(move((e.clientX - box.left) / box.width, (e.clientY - box.top) / box.height));
  };
  element.addEventListener("pointermove", point);
  element.addEventListener("pointerdown", point); // a tap does not move
  element.addEventListener("pointerleave", (e) => { // a finger leaves when it is lifted: what it tapped stays until the next
    if (e.pointerType !== "touch" && document.activeElement !== element) { leave(); say(""); }
  });
  element.addEventListener("blur", () => { leave(); say(""); });
  element.addEventListener("keydown", (e) => {
    const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1],
      PageUp: [0, -10], PageDown: [0, 10], Home: [-Infinity, 0], End: [Infinity, 0] }[e.key];
    if (!steps || e.altKey || e.ctrlKey || e.metaKey) return;
    e.preventDefault();
    say(step(...steps));
  });
  element.setAttribute("aria-valuenow", 0);
  return { refresh: (text) => { if (text !== "") say(text); } };
}

const clamp = (x, low, high) => Math.min(high, Math.max(low, x));

// titles returns the titles of the axes of a figure that lies between four bounds.
const titles = (across, up, left, right, top, bottom, height) => [
  svg("text", { class: "title", x: (left + right) / 2, y: height - 4, "text-anchor": "middle" }, across),
  svg("text", { class: "title", transform: `translate(13 ${(top + bottom) / 2}) rotate(-90)`, "text-anchor": "middle" }, up),
];

// Chart draws curves over iterations.
export class Chart {
  constructor(element, log, title) {
    this.element = element;
    this.log = log;
    this.title = title; // of the axis upwards
    this.series = [];
    this.at = -1; // point under the cursor
    this.reader = reader(element, (x) => this.move(x), (dx, dy) => this.step(dx || -dy), () => { this.at = -1; this.draw(); });
    new ResizeObserver(() => this.draw()).observe(element);
  }

  // show draws series {name, kind, points: [[x, y], …]}, all over the same x, up to
  // last, and a level {name, kind, y}.
  show(series, last, level) {
    [this.series, this.last, this.level] = [series, Math.max(last, 1), level];
    this.draw();
    this.reader.refresh(this.words());
  }

  draw() {
    const width = this.element.clientWidth, height = this.element.clientHeight;
    if (!width || !this.last) return;
    const left = 66, right = width - 10, top = 8, bottom = height - 40;
    let [low, high] = [0, 100], marks = [0, 25, 50, 75, 100];
    if (this.log) {
      const all = this.series.flatMap((s) => s.points.map((p) => p[1])).concat(this.level ? [this.level.y] : []).filter((y) => y > 0);
      if (all.length === 0) return;
      low = all.reduce((a, b) => Math.min(a, b)) / 1.2;
      high = all.reduce((a, b) => Math.max(a, b)) * 1.2;
      marks = logTicks(low, high);
    }
    const x = (v) => left + (v / this.last) * (right - left);
    const part = (v) => (this.log ? Math.log(v / low) / Math.log(high / low) : (v - low) / (high - low));
    const y = (v) => bottom - part(v) * (bottom - top);
    this.x = x;
    const g = titles("iteration", this.title, left, right, top, bottom, height);
    for (const m of marks) {
      g.push(svg("line", { class: "axis", x1: left, x2: right, y1: y(m), y2: y(m) }));
      g.push(svg("text", { x: left - 6, y: y(m) + 4, "text-anchor": "end" }, String(Number(m.toPrecision(3)))));
    }
    for (const m of ticks(0, this.last, width < 500 ? 4 : 6)) {
      const end = x(m) > right - 20;
      g.push(svg("text", { x: end ? right : x(m), y: bottom + 16, "text-anchor": m === 0 ? "start" : end ? "end" : "middle" }, String(Math.round(m))));
    }
    if (this.level && this.level.y > 0) g.push(svg("line", { class: "line " + this.level.kind, x1: left, x2: right, y1: y(this.level.y), y2: y(this.level.y) }));
    for (const s of this.series) {
      const points = s.points.filter((p) => !this.log || p[1] > 0).map((p) => [x(p[0]), y(p[1])]);
      if (points.length === 1) points.push([points[0][0] + 2, points[0][1]]);
      g.push(svg("path", { class: "line " + s.kind, d: path(points) }));
    }
    const p = this.series[0]?.points[this.at];
    if (p) g.push(svg("line", { class: "cursor", x1: x(p[0]), x2: x(p[0]), y1: top, y2: bottom }));
    this.element.replaceChildren(svg("svg", { viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" }, ...g));
  }

  move(part) {
    const points = this.series[0]?.points ?? [];
    if (!points.length || !this.x) return "";
    const at = part * this.element.clientWidth;
    this.at = points.reduce((best, p, i) => (Math.abs(this.x(p[0]) - at) < Math.abs(this.x(points[best][0]) - at) ? i : best), 0);
    this.draw();
    return this.words();
  }

  step(by) {
    const n = this.series[0]?.points.length ?? 0;
    if (!n) return "";
    this.at = this.at < 0 ? n - 1 : clamp(this.at + by, 0, n - 1);
    this.draw();
    return this.words();
  }

  words() {
    const p = this.series[0]?.points[this.at];
    if (!p) return "";
    const values = this.series.map((s) => `${s.name} ${this.log ? number(s.points[this.at][1]) : s.points[this.at][1].toFixed(0) + "%"}`);
    if (this.level) values.push(`${this.level.name} ${number(this.level.y)}`);
    return `iteration ${p[0]}: ${values.join(", ")}`;
  }
}

// Answers draws the outputs of a trial one above the other over its steps, each with its
// target, and shades the periods.
export class Answers {
  constructor(element) {
    this.element = element;
    this.at = -1; // step under the cursor
    this.reader = reader(element, (x) => this.move(x), (dx, dy) => this.step(dx || -dy), () => { this.at = -1; this.draw(); });
    new ResizeObserver(() => this.draw()).observe(element);
  }

  // show draws {outputs, target, output, stepMS, periods}: values are steps × outputs, null
  // where they are not finite.
  show(trial) {
    this.trial = trial;
    this.steps = trial.outputs.length ? trial.target.length / trial.outputs.length : 0;
    if (this.at >= this.steps) this.at = -1;
    this.draw();
    this.reader.refresh(this.words());
  }

  clear() {
    this.steps = 0;
    this.element.replaceChildren();
  }

  // value returns one of the outputs, or its target, at a step.
  value(side, step, i) { return this.trial[side][step * this.trial.outputs.length + i]; }

  draw() {
    const width = this.element.clientWidth, height = this.element.clientHeight;
    if (!width || !this.steps) return;
    const { outputs, periods, stepMS } = this.trial, n = outputs.length;
    const left = 66, right = width - 10, bottom = height - 40;
    const x = (step) => left + (step / this.steps) * (right - left);
    const end = (i) => periods[i + 1]?.start ?? this.steps;
    // The names of periods stand above them, in as many lines as keep them apart.
    const ends = [], names = periods.map((p, i) => {
      const half = p.name.length * 3.3, middle = clamp((x(p.start) + x(end(i))) / 2, left + half, right - half);
      let line = ends.findIndex((e) => e + 8 < middle - half);
      if (line < 0) line = ends.length;
      ends[line] = middle + half;
      return [p.name, middle, line];
    });
    const top = 6 + 15 * ends.length;
    const g = titles(stepMS ? `step of ${stepMS} ms` : "step", "output (units of the target)", left, right, top, bottom, height);
    periods.forEach((p, i) => g.push(svg("rect", { class: "period" + (i % 2 ? " odd" : ""), x: x(p.start), y: top, width: x(end(i)) - x(p.start), height: bottom - top })));
    for (const [name, middle, line] of names) g.push(svg("text", { x: middle, y: 12 + 15 * line, "text-anchor": "middle" }, name));
    const all = this.trial.target.concat(this.trial.output).filter((y) => y !== null);
    let low = all.reduce((a, b) => Math.min(a, b), 0), high = all.reduce((a, b) => Math.max(a, b), 0);
    if (low === high) high = low + 1;
    const row = (bottom - top) / n, marks = ticks(low, high, row > 100 ? 4 : 2);
    for (let i = 0; i < n; i++) {
      const y = (v) => top + (i + 1) * row - 5 - ((v - low) / (high - low)) * (row - 26); // below the name
      for (const m of marks) {
        g.push(svg("line", { class: "axis", x1: left, x2: right, y1: y(m), y2: y(m) }));
        g.push(svg("text", { x: left - 6, y: y(m) + 4, "text-anchor": "end" }, String(Number(m.toPrecision(3)))));
      }
      for (const side of ["output", "target"]) {
        const points = [];
        for (let t = 0; t < this.steps; t++) if (this.value(side, t, i) !== null) points.push([x(t + 0.5), y(this.value(side, t, i))]);
        g.push(svg("path", { class: "line " + side, d: path(points) }));
      }
      if (i) g.push(svg("line", { class: "between", x1: left, x2: right, y1: top + i * row, y2: top + i * row }));
      g.push(svg("text", { class: "name", x: left + 5, y: top + i * row + 14 }, outputs[i]));
    }
    for (const m of ticks(0, this.steps, width < 500 ? 4 : 6)) g.push(svg("text", { x: x(m), y: bottom + 16, "text-anchor": x(m) > right - 20 ? "end" : "middle" }, String(Math.round(m))));
    if (this.at >= 0) g.push(svg("line", { class: "cursor", x1: x(this.at + 0.5), x2: x(this.at + 0.5), y1: top, y2: bottom }));
    this.x = x;
    this.element.replaceChildren(svg("svg", { viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" }, ...g));
  }

  move(part) {
    if (!this.steps || !this.x) return "";
    const parts = (part * this.element.clientWidth - this.x(0)) / (this.x(this.steps) - this.x(0));
    this.at = clamp(Math.floor(parts * this.steps), 0, this.steps - 1);
    this.draw();
    return this.words();
  }

  step(by) {
    if (!this.steps) return "";
    this.at = this.at < 0 ? (by < 0 ? this.steps - 1 : 0) : clamp(this.at + by, 0, this.steps - 1);
    this.draw();
    return this.words();
  }

  words() {
    if (this.at < 0 || !this.steps) return "";
    const say = (y) => (y === null ? "not finite" : number(y));
    const period = this.trial.periods.findLast((p) => p.start <= this.at);
    const values = this.trial.outputs.map((name, i) => `${name} ${say(this.value("output", this.at, i))}, target ${say(this.value("target", this.at, i))}`);
    return `step ${this.at + 1}${period ? ` (${period.name})` : ""}: ${values.join("; ")}`;
  }
}

const colour = (name) => {
  const text = getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  return [1, 3, 5].map((i) => parseInt(text.slice(i, i + 2), 16));
};

// HeatMap draws a matrix of bytes -127 to 127 and borders of modules.
export class HeatMap {
  constructor(element, scale, words) {
    this.element = element;
    this.scale = scale;
    this.name = words; // of a cell: row, column, value
    this.canvas = document.createElement("canvas");
    this.over = svg("svg", { preserveAspectRatio: "none", "aria-hidden": "true" });
    element.append(this.canvas, this.over);
    this.at = null; // row and column under the cursor
    const look = () => this.mark();
    this.reader = reader(element, (x, y) => this.move(x, y), (dx, dy) => this.step(dx, dy), () => { this.at = null; look(); });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw());
  }

  // show draws value(row, column), of which 127 is most, with borders at the given
  // rows and columns.
  show(rows, columns, value, most, borders) {
    Object.assign(this, { rows, columns, value, most, borders });
    if (this.at && (this.at[0] >= rows || this.at[1] >= columns)) this.at = null;
    this.scale.replaceChildren(`−${number(most)}`, document.createElement("i"), number(most));
    this.draw();
    this.reader.refresh(this.words());
  }

  clear() {
    this.rows = 0;
    this.canvas.width = this.canvas.height = 1;
    this.over.replaceChildren();
    this.scale.replaceChildren();
  }

  draw() {
    if (!this.rows) return;
    const [low, middle, high] = ["--low", "--middle", "--high"].map(colour);
    this.canvas.width = this.columns;
    this.canvas.height = this.rows;
    const image = new ImageData(this.columns, this.rows);
    for (let r = 0, i = 0; r < this.rows; r++) {
      for (let c = 0; c < this.columns; c++, i += 4) {
        const v = this.value(r, c) / 127, to = v < 0 ? low : high;
        for (let k = 0; k < 3; k++) image.data[i + k] = middle[k] + Math.abs(v) * (to[k] - middle[k]);
        image.data[i + 3] = 255;
      }
    }
    this.canvas.getContext("2d").putImageData(image, 0, 0);
    this.mark();
  }

  mark() {
    if (!this.rows) return;
    this.over.setAttribute("viewBox", `0 0 ${this.columns} ${this.rows}`);
    const g = [svg("rect", { class: "module", x: 0, y: 0, width: this.columns, height: this.rows })];
    for (const r of this.borders.rows) g.push(svg("line", { class: "module", x1: 0, x2: this.columns, y1: r, y2: r }));
    for (const c of this.borders.columns) g.push(svg("line", { class: "module", x1: c, x2: c, y1: 0, y2: this.rows }));
    if (this.at) g.push(svg("rect", { class: "cell", x: this.at[1], y: this.at[0], width: 1, height: 1 }));
    this.over.replaceChildren(...g);
  }

  move(x, y) {
    if (!this.rows) return "";
    this.at = [clamp(Math.floor(y * this.rows), 0, this.rows - 1), clamp(Math.floor(x * this.columns), 0, this.columns - 1)];
    this.mark();
    return this.words();
  }

  step(dx, dy) {
    if (!this.rows) return "";
    const [r, c] = this.at ?? [-1, 0];
    this.at = [clamp(r + (this.at ? dy : 1), 0, this.rows - 1), clamp(c + (this.at ? dx : 0), 0, this.columns - 1)];
    this.mark();
    return this.words();
  }

  words() {
    return this.at && this.rows ? this.name(...this.at, number((this.value(...this.at) / 127) * this.most)) : "";
  }
}

// spark draws a small loss curve on a log axis, with the blind loss.
export function spark(losses, blind) {
  const width = 96, height = 38, all = losses.concat(blind).filter((y) => y > 0);
  const picture = svg("svg", { viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" });
  if (!all.length || losses.length < 2) return picture;
  const low = all.reduce((a, b) => Math.min(a, b)) / 1.1, high = all.reduce((a, b) => Math.max(a, b)) * 1.1;
  const y = (v) => height - (Math.log(v / low) / Math.log(high / low)) * height;
  if (blind > 0) picture.append(svg("line", { class: "line blind", x1: 0, x2: width, y1: y(blind), y2: y(blind) }));
  picture.append(svg("path", { class: "line loss", d: path(losses.map((v, i) => [(i / (losses.length - 1)) * width, y(Math.max(v, low))])) }));
  return picture;
}
