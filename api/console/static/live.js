// A live page: it looks again whenever the helpline says that something changed, and never
// reloads. <main data-looks> asks for it; [data-live] is replaced whole, [data-merge] row by
// row (children with ids). A field that has the focus or unsaved words is never replaced.

const page = document.querySelector("main[data-looks]");
const ahead = page ? Number(page.dataset.now) - Date.now() : 0; // the server's clock and ours
const afterLook = [];
const whenOn = [];
const PATIENCE = 15000;
let looking = false;
let again = false;
let off = false;
let heldBack = false; // something waits until a field is left

// Call `deed` after every look of this page.
export function whenFresh(deed) {
  afterLook.push(deed);
}

// Call `deed` when the line is there again after it was lost.
export function whenBack(deed) {
  whenOn.push(deed);
}

// Open the stream; `told` hears how many wait and what rings.
export function listen(told) {
  const source = new EventSource("/helpline/live");
  source.addEventListener("change", look);
  source.addEventListener("waiting", (event) => told(JSON.parse(event.data)));
  source.addEventListener("gone", () => {
    source.close();
    stillHere(told);
  });
  source.addEventListener("open", () => {
    lost(false);
    look(); // what changed while the line was away
  });
  source.addEventListener("error", () => {
    lost(true);
    if (source.readyState === EventSource.CLOSED) setTimeout(() => listen(told), 2000);
  });
}

// Look at the page anew. One look at a time; what changes meanwhile is looked at afterwards.
export async function look() {
  if (!page) return;
  if (looking) {
    again = true;
    return;
  }
  looking = true;
  try {
    const response = await fetch(location.pathname + location.search, { headers: { "X-Live": "1" } });
    lost(false);
    if ([403, 404].includes(response.status)) return location.reload(); // not ours to see any more
    await take(response);
  } catch (fault) {
    if (!isLine(fault)) throw fault;
    lost(true);
  } finally {
    looking = false;
  }
  if (again) {
    again = false;
    look();
  }
}

// A field was left: what waited for it may come.
export function lookIfHeld() {
  if (heldBack) look();
}

// Send a form's fields to our own service; throws a TypeError when the line is lost.
export async function post(path, fields, options = {}) {
  const body = new URLSearchParams(fields);
  body.set("form_token", token());
  const signal = AbortSignal.timeout(PATIENCE);
  const response = await fetch(path, { method: "POST", body, signal, headers: { "X-Live": "1" }, ...options });
  if (response.status === 401) toTheDoor();
  return response;
}

// Bring what an answer shows into this page.
export async function take(response) {
  if (response.status === 401) return toTheDoor();
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
  if (!fresh.querySelector("main[data-looks]")) return;
  renewTokens(fresh);
  tick(fresh);
  tick(document);
  heldBack = false;
  fresh.querySelectorAll("[data-live]").forEach(replace);
  fresh.querySelectorAll("[data-merge]").forEach((list) => merge(document.getElementById(list.id), list));
  afterLook.forEach((deed) => deed(fresh));
}

// What a refusal says in words.
export async function refusal(response) {
  const told = new DOMParser().parseFromString(await response.text(), "text/html");
  return told.querySelector("h1")?.textContent.trim() ?? "";
}

// Whether no answer came: fetch throws these, and only these, then.
export function isLine(fault) {
  return fault instanceof TypeError || fault.name === "TimeoutError";
}

export function isLost() {
  return off;
}

export function lost(is) {
  const back = off && !is;
  off = is;
  document.getElementById("lost").hidden = !is;
  if (back) whenOn.forEach((deed) => deed());
}

export function token() {
  return document.querySelector("[name=form_token]").value;
}

// Clocks: [data-since] counts up, [data-goal] (seconds) says when it is late.
export function tick(root) {
  const now = Date.now() + ahead;
  for (const place of root.querySelectorAll("[data-since]")) {
    const seconds = Math.max(0, Math.floor((now - Number(place.dataset.since)) / 1000));
    const text = length(seconds);
    if (text && place.textContent !== text) place.textContent = text;
    if (place.dataset.goal) place.classList.toggle("late", seconds > Number(place.dataset.goal));
  }
  for (const place of root.querySelectorAll("[data-until]")) {
    const text = length(Math.max(0, Math.floor((Number(place.dataset.until) - now) / 1000)));
    if (text && place.textContent !== text) place.textContent = text;
  }
}

// As the filter `waited` writes it; days are left to the server, which knows their plural.
function length(seconds) {
  if (seconds >= 86400) return "";
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}:${String(seconds % 60).padStart(2, "0")}`;
  const words = document.getElementById("news").dataset.hours;
  return words.replace("%(hours)s", Math.floor(minutes / 60)).replace("%(minutes)s", minutes % 60);
}

// A session may end because its person showed a second factor elsewhere and got a new one.
async function stillHere(told) {
  try {
    const response = await fetch(location.href, { headers: { "X-Live": "1" } });
    if (response.status === 401) return toTheDoor();
  } catch (fault) {
    if (!isLine(fault)) throw fault;
    lost(true);
  }
  setTimeout(() => listen(told), 1000);
}

function toTheDoor() {
  location.assign("/helpline/sign-in");
}

// A form's token is made anew on each page: alike here and there, it is no difference, and a
// page that stays open through a new session goes on working.
function renewTokens(fresh) {
  const made = fresh.querySelector("[name=form_token]")?.value;
  if (made) document.querySelectorAll("[name=form_token]").forEach((field) => (field.value = made));
  if (made) fresh.querySelectorAll("[name=form_token]").forEach((field) => (field.value = made));
}

function replace(fresh) {
  const old = document.getElementById(fresh.id);
  if (!old) return;
  keepOpen(old, fresh);
  if (old.isEqualNode(fresh) || waits(old)) return;
  const scrolled = [...old.querySelectorAll("[tabindex]")].map((box) => [box.scrollLeft, box.scrollTop]);
  change(old, fresh);
  [...old.querySelectorAll("[tabindex]")].forEach((box, place) => {
    if (scrolled[place]) [box.scrollLeft, box.scrollTop] = scrolled[place];
  });
}

// Rows keep their element, so nothing moves that has not changed. While a row of the queue
// has the focus, rows may leave or change, and the order waits.
function merge(old, fresh) {
  if (!old) return;
  const held = "still" in old.dataset && old.contains(document.activeElement);
  const wanted = new Map([...fresh.children].map((row) => [row.id, row]));
  [...old.children].filter((row) => !wanted.has(row.id) && !("own" in row.dataset)).forEach((row) => row.remove());
  let before = null;
  for (const row of [...fresh.children]) {
    const mine = document.getElementById(row.id);
    if (mine) update(mine, row);
    if (held) continue;
    const next = mine ?? document.adoptNode(row);
    const spot = before ? before.nextElementSibling : old.firstElementChild;
    if (spot !== next) old.insertBefore(next, spot);
    before = next;
  }
}

function update(mine, row) {
  keepOpen(mine, row);
  if (mine.isEqualNode(row) || waits(mine)) return;
  change(mine, row);
}

// The focus stays where it is: by id, else on the same place among the controls.
function change(old, fresh) {
  const focused = old.contains(document.activeElement) ? document.activeElement : null;
  const place = focused ? controls(old).indexOf(focused) : -1;
  for (const name of old.getAttributeNames()) if (!fresh.hasAttribute(name)) old.removeAttribute(name);
  for (const name of fresh.getAttributeNames()) old.setAttribute(name, fresh.getAttribute(name));
  old.replaceChildren(...copies(fresh));
  if (focused) ((focused.id && document.getElementById(focused.id)) || controls(old)[place])?.focus();
}

function copies(fresh) {
  return [...fresh.childNodes].map((node) => document.importNode(node, true));
}

// What somebody looks into stays open.
function keepOpen(old, fresh) {
  if (old.matches("details")) fresh.toggleAttribute("open", old.open);
  const theirs = [...fresh.querySelectorAll("details")];
  [...old.querySelectorAll("details")].forEach((one, place) => {
    const other = one.id ? theirs.find((found) => found.id === one.id) : theirs[place];
    other?.toggleAttribute("open", one.open);
  });
}

function waits(part) {
  const busy = isBusy(part);
  heldBack ||= busy;
  return busy;
}

function isBusy(part) {
  return [...part.querySelectorAll("input:not([type=hidden]), select, textarea")].some(
    (field) => field === document.activeElement || isChanged(field),
  );
}

function isChanged(field) {
  if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
  if (!field.options) return field.value !== field.defaultValue;
  const preset = [...field.options].findIndex((option) => option.defaultSelected);
  return field.selectedIndex !== Math.max(0, preset);
}

function controls(parent) {
  return [...parent.querySelectorAll("a, button, input, select, textarea, summary, [tabindex]")];
}
