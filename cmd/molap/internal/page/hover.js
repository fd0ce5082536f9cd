"use strict";
(() => {
  const near = { touch: 28, mouse: 14, pen: 14 }; // pixels from the pointer to what it means
  const help = "← → along the values, ↑ ↓ to another series or row, Page Down to the next panel";
  const make = (name) => {
    const e = document.createElement("div");
    e.className = name;
    document.body.append(e);
    return e;
  };
  const tip = make("hover"), mark = make("mark"), voice = make("voice");
  tip.hidden = mark.hidden = true;
  voice.setAttribute("role", "status"); // a polite live region
  let helped = null; // the figure whose keys are explained
  let place = null; // what is shown: { svg, panel } and a point's { series, i } or a cell's { row, col }
  const clamp = (x, low, high) => Math.min(high, Math.max(low, x));

  // The panels of a figure, each with its series: the corners of curves and the middles of markers in
  // the figure's own coordinates, in the order in which they are drawn.
  const known = new WeakMap();
  function panelsOf(svg) {
    if (known.has(svg)) return known.get(svg);
    const panels = JSON.parse(svg.dataset.panels);
    for (const p of panels) p.series = new Map();
    const add = (x, y, colour, kind, marker) => {
      const p = panels.find(({ cells, area: [left, bottom, right, top] }) => !cells && x > left - 1 && x < right + 1 && y > bottom - 1 && y < top + 1);
      if (!p) return;
      const key = colour + kind;
      if (!p.series.has(key)) p.series.set(key, { colour, kind, points: [] });
      const { points } = p.series.get(key);
      if (!marker || !points.some((q) => Math.hypot(q.x - x, q.y - y) < 0.05)) points.push({ x, y }); // a curve has its corner there
    };
    for (const path of svg.querySelector("g").children) {
      if (path.tagName !== "path") continue;
      const { fill, stroke, fillOpacity, strokeDasharray } = path.style, way = path.getAttribute("d");
      const corners = /[AC]/.test(way) ? [] : way.split(/[MLZ]/).filter(Boolean).map((c) => c.split(",").map(Number));
      if (fill === "none") {
        if (corners.length > 2) for (const [x, y] of corners) add(x, y, stroke, strokeDasharray ? "dashed" : "");
      } else if (fill !== "rgb(255, 255, 255)") { // the rim of markers
        const box = path.getBBox(), x = box.x + box.width / 2;
        if (box.width < 8 && box.height < 8) add(x, corners.length === 3 ? heart(corners) : box.y + box.height / 2, fill, fillOpacity ? "single" : "", true);
      }
    }
    for (const p of panels) {
      p.series = [...p.series.values()];
      for (const s of p.series) {
        const name = p.names ? nameOf(p.names, s.colour) : "";
        s.name = [name, { dashed: p.dashed, single: "single value" }[s.kind]].filter(Boolean).join(", ");
      }
    }
    known.set(svg, panels);
    return panels;
  }

  // The name of the series of a colour. Faded colours are rounded: a channel is off by one.
  function nameOf(names, colour) {
    const channels = (c) => c.match(/\d+/g).map(Number), wanted = channels(colour);
    return names[Object.keys(names).find((c) => channels(c).every((v, i) => Math.abs(v - wanted[i]) < 2))] ?? "";
  }

  // The height of the point that a triangle marks: its base lies 0.8 of its radius away,
  // its tip 1.1.
  function heart(corners) {
    const [low, base, high] = corners.map((c) => c[1]).sort((a, b) => a - b), tip = base - low > high - base ? low : high;
    return base + ((tip - base) * 0.8) / 1.9;
  }

  const titled = (axis, text) => (axis.label ? axis.label + ": " : "") + text;

  // What an axis says at a part of its length, which is in points.
  function onAxis(axis, part, length) {
    if (!axis) return [];
    if (axis.names) return [titled(axis, axis.names[clamp(Math.floor(part * axis.names.length), 0, axis.names.length - 1)])];
    const min = Number(axis.min), max = Number(axis.max);
    let value = axis.log ? min * (max / min) ** part : min + part * (max - min);
    if (axis.even) {
      const at = part * axis.even.length - 0.5, k = clamp(Math.floor(at), 0, axis.even.length - 2);
      value = axis.even[k] + (at - k) * (axis.even[k + 1] - axis.even[k]);
    }
    // The drawing has five digits, so a hundredth of a point, or a thousandth of a value, is sure.
    const places = Math.floor(Math.log10(length / (0.01 * Math.abs(max - min))));
    const text = String(Number(axis.log ? value.toPrecision(3) : value.toFixed(clamp(places, 0, 20))));
    return [titled(axis, text.replace("-", "−"))];
  }

  // The colours of a map's cells, four bytes each.
  function coloursOf(svg, { area: [left, , , top], cells: { rows, cols } }) {
    const image = [...svg.querySelectorAll("image")].find((i) => Math.abs(i.x.baseVal.value - left) < 0.01 && Math.abs(i.y.baseVal.value + top) < 0.01);
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [cols, rows];
    const context = canvas.getContext("2d");
    context.imageSmoothingEnabled = false;
    context.drawImage(image, 0, 0, cols, rows);
    return context.getImageData(0, 0, cols, rows).data;
  }

  // The value of which a colour is, to the digits that eight bits a channel leave sure.
  function fromColour(colour, { map, none, min, max, cut }) {
    const bytes = (hex) => [0, 2, 4].map((i) => parseInt(hex.slice(i, i + 2), 16));
    if (bytes(none).every((v, i) => v === colour[i])) return "no value";
    const stops = map.match(/.{6}/g).map(bytes);
    let best = 4, at = NaN, doubt = 0; // further off, it is no colour of the map: the browser hides pixels
    for (let k = 0; k + 1 < stops.length; k++) {
      const way = stops[k].map((v, i) => stops[k + 1][i] - v), dot = (a) => a.reduce((sum, v, i) => sum + v * way[i], 0);
      const t = clamp(dot(stops[k].map((v, i) => colour[i] - v)) / dot(way), 0, 1);
      const off = Math.hypot(...stops[k].map((v, i) => v + t * way[i] - colour[i]));
      doubt = Math.max(doubt, way.reduce((sum, v) => sum + Math.abs(v), 0) / dot(way) / (stops.length - 1)); // by rounding of the channels
      if (off < best) [best, at] = [off, (k + t) / (stops.length - 1)];
    }
    if (Number.isNaN(at)) return "not to be read";
    const text = (min + at * (max - min)).toFixed(clamp(Math.floor(-Math.log10(doubt * (max - min))), 0, 20));
    return (cut && at === 0 ? "≤ " : cut && at === 1 ? "≥ " : "") + String(Number(text));
  }

  function words({ svg, panel, series, i, row, col }) {
    const { area: [left, bottom, right, top], cells, x, y } = panel;
    if (!cells) {
      const p = series.points[i];
      const across = onAxis(x, (p.x - left) / (right - left), right - left);
      // Names stand from the top, numbers from the bottom.
      const up = onAxis(y, (y?.names ? top - p.y : p.y - bottom) / (top - bottom), top - bottom);
      return [...(series.name ? [series.name] : []), ...(y?.names ? [...up, ...across] : [...across, ...up])].join(", ");
    }
    const line = (axis, what, k, n) => (axis.count ? titled({ label: axis.label || what }, k + 1) : onAxis(axis, axis.names ? (k + 0.5) / n : k / n, 1000).join());
    const at = row * cells.cols + col;
    let value;
    if (cells.values) value = (cells.texts ??= cells.values.split(","))[at] || "no value";
    else value = fromColour((panel.colours ??= coloursOf(svg, panel)).slice(4 * at, 4 * at + 3), { ...cells, min: Number(cells.min), max: Number(cells.max) });
    return [line(y, "row", row, cells.rows), line(x, "column", col, cells.cols), titled(cells, value.replace("-", "−"))].join(", ");
  }

  // The place's rectangle in the figure's own coordinates: left, bottom, right, top.
  function bounds({ panel, series, i, row, col }) {
    if (series) {
      const { x, y } = series.points[i];
      return [x, y, x, y];
    }
    const [left, bottom, right, top] = panel.area, w = (right - left) / panel.cells.cols, h = (top - bottom) / panel.cells.rows;
    return [left + col * w, top - (row + 1) * h, left + (col + 1) * w, top - row * h];
  }

  const style = (e, left, top, width, height) => Object.assign(e.style, { left: left + "px", top: top + "px", width: width + "px", height: height + "px" });

  function hide() {
    tip.hidden = mark.hidden = true;
    place = helped = null;
  }

  function explain(svg) {
    const box = svg.getBoundingClientRect(), card = svg.parentElement.getBoundingClientRect();
    tell(help, Math.max(box.left, card.left), clamp(box.top, 50, Math.max(50, box.bottom)), "");
    helped = svg;
  }

  function tell(text, left, bottom, colour) {
    tip.textContent = text;
    tip.style.borderColor = colour;
    tip.hidden = false;
    tip.style.left = "0"; // or the window's edge would break the words
    const room = document.documentElement.clientWidth - tip.offsetWidth - 4;
    tip.style.left = clamp(left, 4, Math.max(4, room)) + "px";
    tip.style.top = Math.max(4, bottom - tip.offsetHeight) + "px";
  }

  function show(next) {
    place = next;
    helped = null;
    const matrix = place.svg.querySelector("g").getScreenCTM(), b = bounds(place);
    const from = new DOMPoint(b[0], b[3]).matrixTransform(matrix), to = new DOMPoint(b[2], b[1]).matrixTransform(matrix);
    tell(words(place), to.x + 12, from.y - 10, place.series?.colour ?? "");
    const more = place.series ? 5 : 1;
    mark.hidden = false;
    mark.style.borderRadius = place.series ? "50%" : "0";
    style(mark, from.x - more, from.y - more, to.x - from.x + 2 * more, to.y - from.y + 2 * more);
  }

  // What is under the pointer, or the nearest point of a series.
  function find(svg, clientX, clientY, reach) {
    const matrix = svg.querySelector("g").getScreenCTM(), at = new DOMPoint(clientX, clientY).matrixTransform(matrix.inverse());
    let best = reach / Math.hypot(matrix.a, matrix.b), found = null;
    for (const panel of panelsOf(svg)) {
      const [left, bottom, right, top] = panel.area;
      if (panel.cells) {
        const { rows, cols } = panel.cells, col = Math.floor(((at.x - left) / (right - left)) * cols), row = Math.floor(((top - at.y) / (top - bottom)) * rows);
        if (row >= 0 && row < rows && col >= 0 && col < cols) return { svg, panel, row, col };
      }
      for (const series of panel.series) {
        series.points.forEach((p, i) => {
          const far = Math.hypot(p.x - at.x, p.y - at.y);
          if (far <= best) [best, found] = [far, { svg, panel, series, i }]; // of equals the one drawn on top
        });
      }
    }
    return found;
  }

  let last = "";
  function point(e) {
    if (e.type === "pointermove" && last === e.clientX + "," + e.clientY) return; // the page moved, not the pointer
    last = e.clientX + "," + e.clientY;
    const svg = e.target.closest?.("svg[data-panels]"), found = svg && find(svg, e.clientX, e.clientY, near[e.pointerType] ?? near.mouse);
    if (!found) return hide();
    show(found);
    if (e.pointerType === "touch") voice.textContent = tip.textContent;
  }
  document.addEventListener("pointermove", point);
  document.addEventListener("pointerdown", point);

  // walk returns the place to which a key leads, from the one that is shown.
  function walk(svg, key) {
    const panels = panelsOf(svg).filter((p) => p.cells || p.series.length);
    const first = (panel) => (panel.cells ? { svg, panel, row: 0, col: 0 } : { svg, panel, series: panel.series[0], i: 0 });
    if (!panels.length) return null;
    if (place?.svg !== svg) return first(panels[0]);
    const { panel, series, i, row, col } = place;
    const page = { PageUp: -1, PageDown: 1 }[key], end = { Home: -Infinity, End: Infinity }[key];
    if (page) return first(panels[clamp(panels.indexOf(panel) + page, 0, panels.length - 1)]);
    const dx = end ?? { ArrowLeft: -1, ArrowRight: 1 }[key] ?? 0, dy = { ArrowUp: -1, ArrowDown: 1 }[key] ?? 0;
    if (panel.cells) return { svg, panel, row: clamp(row + dy, 0, panel.cells.rows - 1), col: clamp(col + dx, 0, panel.cells.cols - 1) };
    if (!dy) return { svg, panel, series, i: clamp(i + dx, 0, series.points.length - 1) };
    const other = panel.series[clamp(panel.series.indexOf(series) + dy, 0, panel.series.length - 1)], along = panel.y?.names ? "y" : "x";
    const far = (p) => Math.abs(p[along] - series.points[i][along]), nearest = other.points.reduce((best, p, k) => (far(p) < far(other.points[best]) ? k : best), 0);
    return { svg, panel, series: other, i: other === series ? i : nearest };
  }

  function press(e) {
    if (e.altKey || e.ctrlKey || e.metaKey) return;
    if (e.key === "Escape") return hide();
    if (!["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End", "PageUp", "PageDown"].includes(e.key)) return;
    e.preventDefault();
    const svg = e.currentTarget, before = place?.panel.title, next = walk(svg, e.key);
    if (!next) return;
    show(next);
    const card = svg.parentElement, inside = mark.getBoundingClientRect(), frame = card.getBoundingClientRect();
    if (inside.left < frame.left + 8 || inside.right > frame.right - 8) card.scrollLeft += (inside.left + inside.right - frame.left - frame.right) / 2;
    if (inside.top < 60 || inside.bottom > innerHeight - 10) scrollBy({ top: inside.top - innerHeight / 2, behavior: "instant" });
    show(next);
    voice.textContent = (next.panel.title && next.panel.title !== before ? next.panel.title + ": " : "") + tip.textContent;
  }

  for (const svg of document.querySelectorAll("svg[data-panels]")) {
    svg.setAttribute("tabindex", "0");
    svg.setAttribute("role", "application"); // or a screen reader keeps the arrow keys
    svg.setAttribute("aria-roledescription", "figure");
    svg.setAttribute("aria-description", help);
    svg.addEventListener("keydown", press);
    svg.addEventListener("blur", hide);
    svg.addEventListener("focus", () => {
      if (svg.matches(":focus-visible")) explain(svg);
    });
  }
  document.addEventListener("scroll", () => {
    if (helped) explain(helped);
    else if (place && place.svg.matches(":focus-visible")) show(place);
    else hide();
  }, { capture: true, passive: true });
})();
