// The contact form, saved as it is typed. Without this script the buttons do the same.

const REST = 400; // milliseconds without a key before a save
const AGAIN = 3000;

let saving = Promise.resolve(); // saves stand in line: an older one never comes last
let waiting = 0;
let changed = false;

const form = () => document.getElementById("contactform");
const net = `form:${location.pathname}`; // what the helpline has not taken, kept in this tab

begin();
document.addEventListener("input", (event) => event.target.form?.id === "contactform" && typed(event));
document.addEventListener("change", (event) => event.target.form?.id === "contactform" && picked(event));
document.addEventListener("focusout", (event) => event.target.form?.id === "contactform" && save());
document.addEventListener("submit", submitted);
document.addEventListener("click", follow);
document.addEventListener("keydown", onward);
document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && leave());
window.addEventListener("pagehide", leave);
window.addEventListener("online", save);

function begin() {
  const mine = form();
  showUntaken();
  if (!mine) return;
  for (const part of mine.querySelectorAll("input[data-script]")) part.disabled = false;
  for (const part of mine.querySelectorAll("[data-script][hidden]")) part.hidden = false;
  document.getElementById("findcategory")?.addEventListener("input", find);
  fit();
  changed ||= [...mine.elements].some(isNew); // typed before this script was there
  if (changed) save();
}

function isNew(part) {
  if (!part.name || part.disabled) return false;
  if (part.type === "radio" || part.type === "checkbox") return part.checked !== part.defaultChecked;
  if (part.options) return [...part.options].some((option) => option.value && option.selected !== option.defaultSelected);
  return part.type !== "submit" && part.value !== part.defaultValue;
}

function typed(event) {
  if (event.target.id === "findcategory") return;
  changed = true;
  state("saving");
  keepWords();
  clearTimeout(waiting);
  waiting = setTimeout(save, REST);
}

function keepWords() {
  const words = [...form().querySelectorAll("textarea")].filter(isNew).map((part) => part.value);
  sessionStorage.setItem(net, JSON.stringify(words));
}

// Words that stand nowhere on this page, for another has the contact by now: to be read.
function showUntaken() {
  const place = document.getElementById("formleft");
  if (!place) return;
  const parts = [...document.querySelectorAll("#contact-form :is(textarea, .answers .words)")];
  const there = parts.map((part) => part.value ?? part.textContent);
  const words = JSON.parse(sessionStorage.getItem(net) ?? "[]").filter((one) => one && !there.includes(one));
  place.querySelector(".words").textContent = words.join("\n");
  place.hidden = !words.length;
}

function picked(event) {
  fit();
  if (event.target.name === "mine.take") send(form().action, { part: true });
}

function save() {
  clearTimeout(waiting);
  if (!changed || !form()) return saving;
  saving = saving.then(store);
  return saving;
}

// Stores what stands there now; what is typed meanwhile is stored by the next in line.
async function store() {
  if (!changed || !form()) return;
  changed = false;
  try {
    const response = await post(form().action, body());
    if (response.status === 204) return kept(response);
    await refused(response);
  } catch {
    changed = true;
    state("lost");
    clearTimeout(waiting);
    waiting = setTimeout(save, AGAIN);
  }
}

function kept(response) {
  form().elements.version.value = response.headers.get("X-Form-Version");
  progress(...response.headers.get("X-Form-Progress").split("/"));
  if (changed) return;
  state("saved");
  sessionStorage.removeItem(net);
}

function progress(done, total) {
  const place = document.getElementById("formprogress");
  place.textContent = place.dataset.words.replace("{done}", done).replace("{total}", total);
  document.getElementById("formmeter").setAttribute("width", Math.round((100 * done) / total));
}

// A newer form, or what cannot be saved: the first is shown with one's own beside it.
async function refused(response) {
  if (response.status === 401) return location.assign("/helpline/sign-in");
  const page = read(await response.text());
  if (page.getElementById("contactform")) return swap(page);
  const why = document.getElementById("formrefused");
  why.textContent = page.querySelector("main h1, h1")?.textContent ?? String(response.status);
  why.hidden = false;
}

// By a button: save, take a suggestion, close.
async function submitted(event) {
  const mine = event.target;
  if (mine.id !== "contactform") return;
  event.preventDefault();
  const button = event.submitter;
  const finish = button?.getAttribute("formaction");
  await saving;
  if (!finish && !button?.name) {
    changed = true;
    return save();
  }
  send(finish ?? mine.action, { part: !finish, button });
}

async function send(path, { part, button }) {
  clearTimeout(waiting);
  const asked = body();
  if (button?.name) asked.append(button.name, button.value);
  changed = false;
  try {
    const response = await post(path, asked, part);
    if (response.redirected) return location.assign(response.url);
    if (response.status === 200) return swap(read(await response.text()), button);
    await refused(response);
  } catch {
    changed = true;
    state("lost");
  }
}

function post(path, asked, part = false) {
  const headers = { "X-Live": "1", ...(part ? { "X-Part": "1" } : {}) };
  return fetch(path, { method: "POST", body: asked, headers });
}

function body() {
  const mine = form();
  mine.elements.turn.value = Number(mine.elements.turn.value) + 1;
  return new FormData(mine);
}

function leave() {
  if (!changed || !form()) return;
  changed = false;
  const asked = body();
  fetch(form().action, { method: "POST", body: asked, headers: { "X-Live": "1" }, keepalive: true }).then(
    (response) => (response.status === 204 ? kept(response) : undefined),
    () => {
      changed = true; // the page may come back from the background
    },
  );
}

function swap(page, button) {
  const fresh = page.getElementById("contact-form");
  if (!fresh) return;
  const focus = document.activeElement?.id;
  const next = button?.value && button.name === "accept" ? button.value : "";
  document.getElementById("contact-form").replaceWith(document.adoptNode(fresh));
  begin();
  const fault = document.getElementById("formfault");
  const first = fault && document.querySelector("#contactform .wanting :is(select, input, textarea, summary)");
  if (first) first.focus();
  else if (fault) fault.focus();
  else if (next) afterTaking(next);
  else document.getElementById(focus)?.focus();
}

// The button that was pressed is gone: on to what is still empty, else to the end.
function afterTaking(name) {
  const field = name === "all" ? firstNeeded() ?? firstEmpty() : document.querySelector(`#form-${name} :is(select, input, textarea)`);
  (field ?? document.getElementById("finishform"))?.focus();
}

// Ctrl+Enter leads on to what is still needed, then to the button that closes; it presses nothing.
function onward(event) {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || !event.target.closest?.("#contactform")) return;
  event.preventDefault(); // in a field it would save
  (firstNeeded() ?? document.getElementById("finishform"))?.focus();
}

function firstNeeded() {
  return firstEmpty("[data-needed]");
}

function firstEmpty(kind = "") {
  return [...form().querySelectorAll(`[data-field]${kind}`)]
    .filter((field) => !field.hidden && !answered(field))
    .map((field) => field.querySelector("select, input:not([type=hidden], [type=search]), summary, textarea"))
    .find(Boolean);
}

function answered(field) {
  return [...field.querySelectorAll("select, input, textarea")].some((part) =>
    part.type === "radio" || part.type === "checkbox" ? part.checked : part.value,
  );
}

// Fields that this type of contact does not have, or that wait for another answer, step back.
function fit() {
  const mine = form();
  if (!mine) return;
  const call = mine.elements.call_type.value;
  for (const field of mine.querySelectorAll("[data-field]")) {
    const asked = !call || field.dataset.calls.split(" ").includes(call);
    field.hidden = !(asked && holds(field.dataset, mine)) && !answered(field);
  }
}

function holds(waits, mine) {
  if (!waits.when) return true;
  return mine.elements[waits.when].value === waits.is;
}

function find(event) {
  const wanted = plain(event.target.value);
  for (const branch of document.querySelectorAll("#tree .branch")) {
    const whole = plain(branch.querySelector("summary").textContent).includes(wanted);
    let some = false;
    for (const leaf of branch.querySelectorAll("label")) {
      const shown = whole || plain(leaf.textContent).includes(wanted);
      leaf.hidden = !shown;
      some ||= shown;
    }
    branch.hidden = !some;
    branch.open = Boolean(branch.querySelector(":checked")) || (wanted.length > 1 && some);
  }
}

// Without marks: "perndjekje" finds "përndjekje".
function plain(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().trim();
}

function follow(event) {
  const link = event.target.closest("#formfault a[href^='#form-']");
  if (!link) return;
  event.preventDefault();
  document.querySelector(`${link.getAttribute("href")} :is(select, input, textarea, summary)`)?.focus();
}

function read(text) {
  return new DOMParser().parseFromString(text, "text/html");
}

function state(name) {
  const place = document.getElementById("formstate");
  if (place && place.textContent !== place.dataset[name]) place.textContent = place.dataset[name];
}
