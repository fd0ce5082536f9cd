import { Answers, Chart, HeatMap, number, spark } from "./draw.js";

const at = (id) => document.getElementById(id);

// write changes a text only if it is another: selections and screen readers stay
// undisturbed.
function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

const loss = new Chart(at("loss"), true, "loss (mean squared error)");
const score = new Chart(at("score"), false, "test trials correct (%)");
const trial = new Answers(at("trial"));
let shape = { units: 1, modules: 1 };
const module = (unit) => (shape.modules > 1 ? ` (module ${Math.floor((unit * shape.modules) / shape.units) + 1})` : "");
const weights = new HeatMap(at("weights"), at("weights-scale"), (r, c, v) => `to unit ${r + 1}${module(r)} from unit ${c + 1}${module(c)}: ${v}`);
const hidden = new HeatMap(at("hidden"), at("hidden-scale"), (r, c, v) => `unit ${r + 1}${module(r)}, step ${c + 1}: ${v}`);

let chosen = null; // the ID of the network that is shown
let events = null;
let trainings = [];

const full = (t) => (t.phase ? `${t.name} (${t.phase})` : t.name);

function choose(id) {
  if (id === chosen) return;
  chosen = id;
  trial.clear();
  weights.clear();
  hidden.clear();
  title();
  connect();
}

function title() {
  const t = trainings.find((t) => t.id === chosen);
  at("chosen").hidden = chosen === null;
  if (!t) return;
  write(at("chosen-title"), full(t));
  write(at("note"), t.note);
}

// item returns the entry of a training in the list, the old one if it is there.
function item(t) {
  let label = at("network-" + t.id);
  if (!label) {
    label = document.createElement("label");
    label.id = "network-" + t.id;
    const input = document.createElement("input");
    Object.assign(input, { type: "radio", name: "network", value: t.id });
    input.addEventListener("change", () => {
      at("follow").checked = false;
      choose(t.id);
    });
    label.append(input, document.createElement("span"), document.createElement("span"), spark([], 0));
    label.children[1].className = "name";
    label.children[2].className = "numbers";
  }
  label.className = t.state === "running" ? "running" : "over";
  label.firstChild.checked = t.id === chosen;
  write(label.children[1], full(t));
  const numbers = [t.state === "running" ? `${t.done}/${t.iterations}` : t.state];
  if (t.done) numbers.push(`loss ${number(t.loss)}`);
  if (t.correct !== null) numbers.push(`correct ${t.correct.toFixed(0)}%`);
  write(label.children[2], numbers.join(" · "));
  label.lastChild.replaceWith(spark(t.spark ?? [], t.blind));
  return label;
}

function showRun(run) {
  trainings = run.trainings;
  document.title = `${run.percent}% · molap`;
  write(at("title"), run.title);
  write(at("status"), run.status || "planning …");
  at("progress").value = run.percent;
  at("none").hidden = trainings.length > 0;
  write(at("left"), run.left ? `and ${run.left} before these` : "");
  const running = trainings.filter((t) => t.state === "running");
  const listed = running.concat(trainings.filter((t) => t.state !== "running").reverse());
  const items = listed.map(item), box = at("networks");
  // Moving the entry with the focus would lose it.
  const legend = box.firstElementChild, focused = document.activeElement;
  if (items.some((e, i) => box.children[i + 1] !== e) || box.children.length !== items.length + 1) {
    box.replaceChildren(legend, ...items);
    if (box.contains(focused)) focused.focus({ preventScroll: true });
  }
  const now = trainings.find((t) => t.id === chosen);
  if (listed.length && (chosen === null || (at("follow").checked && now?.state !== "running" && running.length))) choose(listed[0].id);
  title();
}

function showHistory(h) {
  if (h.id !== chosen) return;
  const end = (i) => Math.min((i + 1) * h.stride, h.done);
  loss.show([{ name: "loss", kind: "loss", points: h.loss.map((y, i) => [end(i), y]) }], h.done, { name: "blind", kind: "blind", y: h.blind });
  const scores = h.scores ?? [];
  score.show([
    { name: "all outputs", kind: "overall", points: scores.map((s) => [s.iteration, s.overall]) },
    { name: "decision", kind: "decision", points: scores.map((s) => [s.iteration, s.decision]) },
  ], h.done, null);
}

const bytes = (text) => new Int8Array(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer);

function showLook(l) {
  if (l.id !== chosen) return;
  shape = l;
  const w = bytes(l.wRec.data), h = bytes(l.hidden.data);
  trial.show(l.trial);
  write(at("more"), l.trial.more ? ` The first ${l.trial.outputs.length} of ${l.trial.outputs.length + l.trial.more} outputs.` : "");
  write(at("weights-across"), `from unit, 1 to ${l.units}`);
  write(at("weights-up"), `to unit, 1 (top) to ${l.units}`);
  write(at("hidden-across"), l.trial.stepMS ? `step of ${l.trial.stepMS} ms, 1 to ${l.steps}` : `step, 1 to ${l.steps}`);
  write(at("hidden-up"), `unit, 1 (top) to ${l.units}`);
  const borders = Array.from({ length: l.modules - 1 }, (_, i) => ((i + 1) * l.units) / l.modules);
  weights.show(l.units, l.units, (r, c) => w[r * l.units + c], l.wRec.most, { rows: borders, columns: borders });
  hidden.show(l.units, l.steps, (r, c) => h[c * l.units + r], l.hidden.most, { rows: borders, columns: [] });
}

function connect() {
  events?.close();
  events = new EventSource(chosen === null ? "events" : "events?id=" + chosen);
  const on = (name, show) => events.addEventListener(name, (e) => show(JSON.parse(e.data)));
  on("run", showRun);
  on("history", showHistory);
  on("look", showLook);
  on("over", () => {
    events.close();
    write(at("connection"), "The run has ended. This is how it looked at last.");
  });
  events.onopen = () => write(at("connection"), "");
  events.onerror = () => write(at("connection"), "The connection is lost: the run was stopped, or this page was left for long.");
}

connect();
