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
  const output = element.parentElement.querySelector("output");
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

// Chart draws curves over iterations.
export class Chart {
  constructor(element, log) {
    this.element = element;
    this.log = log;
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
    const left = 50, right = width - 10, top = 8, bottom = height - 22;
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
    const g = [];
    for (const m of marks) {
      g.push(svg("line", { class: "axis", x1: left, x2: right, y1: y(m), y2: y(m) }));
      g.push(svg("text", { x: left - 6, y: y(m) + 4, "text-anchor": "end" }, String(Number(m.toPrecision(3)))));
    }
    for (const m of ticks(0, this.last, width < 500 ? 4 : 6)) {
      const end = x(m) > right - 20;
      g.push(svg("text", { x: end ? right : x(m), y: height - 5, "text-anchor": m === 0 ? "start" : end ? "end" : "middle" }, String(Math.round(m))));
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
