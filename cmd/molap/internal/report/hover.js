"use strict";
(() => {
  const near = 14; // pixels from the pointer to what it means
  const tip = document.createElement("div");
  tip.className = "hover";
  tip.hidden = true;
  document.body.append(tip);
  const known = new WeakMap();

  // The points of a figure in its own coordinates, with their panel and colour: the
  // corners of curves and the middles of markers.
  function points(svg, panels, root) {
    if (known.has(svg)) return known.get(svg);
    const all = [];
    const add = (x, y, colour) => {
      const p = panels.find(({ area: [left, bottom, right, top] }) => x > left - 1 && x < right + 1 && y > bottom - 1 && y < top + 1);
      if (p) all.push({ x, y, colour, panel: p });
    };
    for (const path of root.children) {
      if (path.tagName !== "path") continue;
      const { fill, stroke } = path.style;
      if (fill === "none") {
        const corners = path.getAttribute("d").split(/[ML]/).slice(1);
        if (corners.length > 2 && !/[ACZ]/.test(path.getAttribute("d"))) for (const c of corners) add(...c.split(",").map(Number), stroke);
      } else {
        const box = path.getBBox();
        if (box.width < 8 && box.height < 8) add(box.x + box.width / 2, box.y + box.height / 2, fill);
      }
    }
    known.set(svg, all);
    return all;
  }

  function words(axis, at, from, to) {
    if (!axis) return [];
    const part = (at - from) / (to - from), { min, max } = axis;
    const times = axis.percent ? 100 : 1, value = times * (axis.log ? min * (max / min) ** part : min + part * (max - min));
    // The drawing has five digits: a thousandth of the range, or of the value, is sure.
    const places = 3 - Math.floor(Math.log10(times * (max - min)));
    const text = String(Number(axis.log ? value.toPrecision(3) : value.toFixed(Math.min(20, Math.max(0, places)))));
    return [(axis.label ? axis.label + ": " : "") + text + (axis.percent ? " %" : "")];
  }

  document.addEventListener("pointermove", (e) => {
    tip.hidden = true;
    const svg = e.target.closest?.("svg[data-panels]");
    if (!svg) return;
    const root = svg.querySelector("g"), matrix = root.getScreenCTM();
    const panels = svg.panels ??= JSON.parse(svg.dataset.panels);
    let best = near, found = null;
    for (const p of points(svg, panels, root)) {
      const at = new DOMPoint(p.x, p.y).matrixTransform(matrix), far = Math.hypot(at.x - e.clientX, at.y - e.clientY);
      if (far < best) [best, found] = [far, { ...p, at }];
    }
    if (!found) return;
    const { panel, at, colour } = found, [left, bottom, right, top] = panel.area;
    tip.textContent = [...words(panel.x, found.x, left, right), ...words(panel.y, found.y, bottom, top)].join(", ");
    tip.style.borderColor = colour;
    tip.hidden = false;
    const room = document.documentElement.clientWidth - tip.offsetWidth - 4;
    tip.style.left = Math.max(4, Math.min(room, at.x + 12)) + "px";
    tip.style.top = Math.max(4, at.y - tip.offsetHeight - 10) + "px";
  });
})();
