// The live desk. The page is whole without this script; with it, the page looks again
// whenever the helpline says that something changed, and never reloads.

const desk = document.querySelector("[data-desk]");
if (desk) start();

function start() {
  const page = {
    contact: desk.dataset.contact,
    ahead: Number(desk.dataset.now) - Date.now(), // the server's clock and ours
    looking: false,
    again: false,
    heard: new Set(urgentRows().map((row) => row.id)),
    title: document.title,
  };
  listen(page);
  setInterval(() => tick(page), 1000);
  setInterval(() => beat(page), 20000);
  document.addEventListener("submit", (event) => send(event, page));
  document.addEventListener("submit", (event) => saveMark(event, page));
  document.addEventListener("click", openMark);
  document.addEventListener("keydown", keys);
  document.getElementById("list").addEventListener("focusout", () => look(page));
  remember("keyson");
  remember("soundon");
  tick(page);
  name(page);
  toTheEnd();
  beat(page);
}

function listen(page) {
  const source = new EventSource("/helpline/live");
  source.addEventListener("change", () => look(page));
  source.addEventListener("gone", () => {
    source.close();
    location.assign("/helpline/sign-in");
  });
  source.addEventListener("open", () => {
    lost(false);
    look(page); // what changed while the line was away
  });
  source.addEventListener("error", () => {
    lost(true);
    if (source.readyState === EventSource.CLOSED) setTimeout(() => listen(page), 2000);
  });
}

// One look at a time; what changes meanwhile is looked at afterwards.
async function look(page) {
  if (page.looking) {
    page.again = true;
    return;
  }
  page.looking = true;
  try {
    await take(await fetch(location.pathname, { headers: { "X-Live": "1" } }), page);
    lost(false);
  } catch {
    lost(true);
  } finally {
    page.looking = false;
  }
  if (page.again) {
    page.again = false;
    look(page);
  }
}

async function take(response, page) {
  if (response.status === 401) return location.assign("/helpline/sign-in");
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
  if (!fresh.querySelector("[data-desk]")) return;
  const low = atTheEnd();
  fresh.querySelectorAll("[data-live]").forEach(replace);
  fresh.querySelectorAll("[data-merge]").forEach((list) => merge(document.getElementById(list.id), list));
  below(fresh);
  desk.dataset.holding = fresh.querySelector("[data-desk]").dataset.holding;
  if (low) toTheEnd();
  tick(page);
  name(page);
  announce(page);
}

function replace(fresh) {
  const old = document.getElementById(fresh.id);
  if (!old || old.isEqualNode(fresh)) return;
  for (const name of fresh.getAttributeNames()) old.setAttribute(name, fresh.getAttribute(name));
  const focus = old.contains(document.activeElement) ? place(old, document.activeElement) : -1;
  old.replaceChildren(...document.adoptNode(fresh).childNodes);
  if (focus >= 0) controls(old)[focus]?.focus();
}

// What stands under the chat changes only when the holder does: a draft is never lost.
function below(fresh) {
  const old = document.getElementById("below");
  const now = fresh.getElementById("below");
  if (!old || !now) return;
  if (old.dataset.below !== now.dataset.below) {
    location.reload();
    return;
  }
  const key = fresh.getElementById("key");
  if (key && document.getElementById("write").dataset.sent) {
    document.getElementById("key").value = key.value;
    delete document.getElementById("write").dataset.sent;
  }
}

// Rows keep their element, so nothing moves that has not changed. While a row of the queue
// has the focus, rows may leave or change, and the order waits.
function merge(old, fresh) {
  const held = old.id === "list" && old.contains(document.activeElement);
  const wanted = new Map([...fresh.children].map((row) => [row.id, row]));
  [...old.children].filter((row) => !wanted.has(row.id)).forEach((row) => row.remove());
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
  if (mine.open) row.setAttribute("open", ""); // what somebody looks into stays open
  if (mine.isEqualNode(row)) return;
  const focus = mine.contains(document.activeElement) ? place(mine, document.activeElement) : -1;
  for (const name of row.getAttributeNames()) mine.setAttribute(name, row.getAttribute(name));
  if (!row.hasAttribute("aria-current")) mine.removeAttribute("aria-current");
  mine.replaceChildren(...[...row.childNodes].map((node) => document.importNode(node, true)));
  if (focus >= 0) controls(mine)[focus]?.focus();
}

async function send(event, page) {
  const form = event.target;
  if (form.id !== "write") return;
  event.preventDefault();
  if (form.dataset.sent) return;
  form.dataset.sent = "yes";
  const field = document.getElementById("w");
  const text = field.value;
  try {
    const response = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), headers: { "X-Live": "1" } });
    if (!response.ok) throw new Error();
    if (field.value === text) field.value = "";
    await take(response, page);
    toTheEnd();
  } catch {
    delete form.dataset.sent;
    lost(true);
  }
}

// The form for a mark comes and goes beside the chat; a draft of a reply is not touched.
async function openMark(event) {
  const link = event.target.closest("[data-mark], [data-unmark]");
  if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  if ("unmark" in link.dataset) return closeMark();
  try {
    const response = await fetch(link.href, { headers: { "X-Live": "1" } });
    if (!response.ok) throw new Error();
    swapMark(await response.text());
    if (!document.getElementById("form").getClientRects().length) location.hash = "form";
    document.getElementById("severity")?.focus();
  } catch {
    lost(true);
  }
}

async function saveMark(event, page) {
  const form = event.target;
  if (!form.closest("#mark")) return;
  event.preventDefault();
  try {
    const response = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), headers: { "X-Live": "1" } });
    if (!response.ok && response.status !== 401) return refuseMark(await response.text());
    await take(response, page);
    closeMark();
  } catch {
    lost(true);
  }
}

function swapMark(text) {
  const fresh = new DOMParser().parseFromString(text, "text/html").getElementById("mark");
  document.getElementById("mark").replaceWith(document.adoptNode(fresh));
}

function closeMark() {
  const panel = document.getElementById("mark");
  const back = document.getElementById(`k-${panel.dataset.markOf}`);
  panel.hidden = true;
  panel.replaceChildren();
  if (location.hash === "#form" && panel.dataset.markOf !== "contact") location.hash = "chat";
  back?.focus();
}

function refuseMark(text) {
  const why = document.getElementById("markfault");
  why.textContent = new DOMParser().parseFromString(text, "text/html").querySelector("h1")?.textContent;
  why.hidden = false;
}

async function beat(page) {
  const body = new URLSearchParams({ form_token: document.querySelector("[name=form_token]").value });
  if (desk.dataset.holding) body.set("contact", page.contact);
  try {
    const response = await fetch("/helpline/here", { method: "POST", body, headers: { "X-Live": "1" } });
    if (response.status === 401) location.assign("/helpline/sign-in");
  } catch {
    lost(true);
  }
}

function tick(page) {
  const now = Date.now() + page.ahead;
  for (const place of document.querySelectorAll("[data-since]")) {
    const seconds = Math.max(0, Math.floor((now - Number(place.dataset.since)) / 1000));
    const text = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    if (place.textContent !== text) place.textContent = text;
  }
}

function name(page) {
  const waiting = Number(document.getElementById("waiting").dataset.waiting);
  document.title = waiting ? `(${waiting}) ${page.title}` : page.title;
}

function urgentRows() {
  return [...document.querySelectorAll("#list a[data-state=waiting]")].filter((row) => Number(row.dataset.urgency) >= 3);
}

function announce(page) {
  const rows = urgentRows();
  const fresh = rows.filter((row) => !page.heard.has(row.id));
  page.heard = new Set(rows.map((row) => row.id));
  if (!fresh.length) return;
  if (document.getElementById("soundon").checked) sound();
  const news = document.getElementById("news");
  if (fresh.some((row) => row.dataset.urgency === "4")) news.textContent = news.dataset.word;
}

function sound() {
  const context = new AudioContext();
  const tone = context.createOscillator();
  const level = context.createGain();
  level.gain.setValueAtTime(0.12, context.currentTime);
  level.gain.exponentialRampToValueAtTime(0.001, context.currentTime + 0.5);
  tone.frequency.value = 660;
  tone.connect(level).connect(context.destination);
  tone.start();
  tone.stop(context.currentTime + 0.5);
  tone.addEventListener("ended", () => context.close());
}

function keys(event) {
  const typing = event.target.closest("textarea, select, input:not([type=checkbox])");
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.id === "w") {
    event.target.form.requestSubmit();
    return;
  }
  if (event.key === "Escape" && typing?.id === "w") return toQueue();
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "?") return document.getElementById("keys").showModal();
  if (!document.getElementById("keyson").checked || document.getElementById("keys").open) return;
  const deed = { n: () => document.getElementById("next").click(), j: () => move(1), k: () => move(-1), r: () => document.getElementById("w")?.focus(), Escape: toQueue }[event.key];
  if (!deed) return;
  event.preventDefault();
  deed();
}

function move(step) {
  const rows = [...document.querySelectorAll("#list a")];
  const now = rows.indexOf(document.activeElement);
  rows[now < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, now + step))]?.focus();
}

function toQueue() {
  document.querySelector("#list a[aria-current], #list a, #queue")?.focus();
}

function remember(id) {
  const box = document.getElementById(id);
  box.checked = localStorage.getItem(id) !== "no";
  box.addEventListener("change", () => localStorage.setItem(id, box.checked ? "yes" : "no"));
}

function controls(parent) {
  return [...parent.querySelectorAll("a, button, input, select, summary")];
}

function place(parent, element) {
  return controls(parent).indexOf(element);
}

function atTheEnd() {
  const log = document.getElementById("log");
  return log && log.scrollHeight - log.scrollTop - log.clientHeight < 60;
}

function toTheEnd() {
  const log = document.getElementById("log");
  if (log) log.scrollTop = log.scrollHeight;
}

function lost(is) {
  document.getElementById("lost").hidden = !is;
}
