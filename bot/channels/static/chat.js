// The chat works without this file: every control is a form. With it, what the child
// sends appears at once and is sent until it arrives, and answers come by themselves.

const chat = document.getElementById("chat");
const log = document.getElementById("log"); // scrolls; turned over, so its end is at 0
const talk = document.getElementById("talk"); // holds the turns
const status = document.getElementById("with");
const field = document.getElementById("text");
const states = document.getElementById("states").dataset;
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const APART = 600; // ms between the bubbles of one answer
const STORE = "waiting"; // what has not arrived yet, so that a reload does not lose it
const LATE = 20000; // ms after which a post that got no answer is sent again
const HURRY = 2000; // ms in which an exit word must be answered, and Escape pressed three times
const PARTING = 1000; // ms for which the other side may take note that the page was left
const DOUBT = 4000; // ms of silence after which the line counts as gone
const WRITES = 6000; // ms for which the page says that somebody writes
const BACK = 4000; // ms for which the page says that the line is back

let after = Number(log.dataset.after);
let door = document.querySelector("input[name=door]")?.value ?? "";
let fresh = "fresh" in log.dataset;
const start = document.querySelector("input[name=start]")?.value ?? "";
let gone = false;

const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const turns = () => [...talk.querySelectorAll(".turn")];

/* ---------- the log ---------- */

function atEnd() {
  return Math.abs(log.scrollTop) < 160;
}

function toEnd() {
  log.scrollTop = 0;
  scrollTo(0, document.documentElement.scrollHeight); // low windows scroll as a whole
}

// Whoever pressed with the keyboard stands at the bubble that came of it, so that the next
// choice is one step away and a screen reader goes on from there.
function closeQuestions() {
  let left = null;
  for (const form of talk.querySelectorAll("form.choice")) {
    if (form.contains(document.activeElement)) left = form.closest(".turn").querySelector(".msg, .pic");
    form.remove();
  }
  return left;
}

function standAt(bubble) {
  bubble.tabIndex = -1;
  bubble.focus({ preventScroll: true });
}

function append(turn, follow) {
  const stay = !follow && !atEnd();
  const who = turn.dataset.who;
  const left = who !== "bot" || turn.querySelector("form.choice") ? closeQuestions() : null;
  if (turn.querySelector(".lynx") || "grave" in turn.dataset) {
    for (const lynx of talk.querySelectorAll(".lynx")) lynx.remove();
  }
  turn.classList.add("new");
  talk.append(turn);
  if (left) standAt(who === "me" ? turn.querySelector(".msg") : left);
  if (who !== "me") describe(turn);
  if (who === "person") writes("");
  if (!stay) toEnd();
}

function describe(turn) {
  const name = turn.dataset.name ?? "";
  tell(status, name ? chat.dataset.with.replace("{name}", name) : chat.dataset.program);
  chat.classList.toggle("band-a", turn.dataset.band === "8-10");
}

// The same words again would be read aloud again.
function tell(place, words) {
  if (place.textContent !== words) place.textContent = words;
}

// What was taken back: on the page, or still on its way there.
function remove({ gone: seq, was }) {
  const it = (one) => one.dataset.seq === String(seq) || (was && one.dataset.event === was);
  const coming = arriving.findIndex(it);
  if (coming >= 0) arriving.splice(coming, 1);
  const turn = turns().find(it);
  if (turn?.contains(document.activeElement)) log.focus({ preventScroll: true });
  turn?.remove();
}

function parse(html) {
  const box = document.createElement("template");
  box.innerHTML = html; // from our own server, where every word was escaped
  return box.content.firstElementChild;
}

/* ---------- somebody writes ---------- */

const typing = document.getElementById("typing");
let typed = 0;

// A sign of a moment: said once, gone with the words or by itself.
function writes(name) {
  clearTimeout(typed);
  tell(typing, name && typing.dataset.words.replace("{name}", () => name));
  if (name) typed = setTimeout(() => writes(""), WRITES);
}

/* ---------- what arrives: one bubble after the other ---------- */

const arriving = [];
let showing = false;

function arrive(bubbles) {
  for (const bubble of bubbles) {
    if (bubble.seq <= after) continue;
    after = bubble.seq;
    const turn = bubble.html ? parse(bubble.html) : null;
    if (!turn) remove(bubble);
    else if (!settled(turn)) arriving.push(turn);
  }
  if (!showing) show();
}

// Our own bubble is on the page already: keep it, only say that it has arrived.
function settled(turn) {
  if (turn.dataset.who !== "me") return false;
  const mine = turns().find((one) => one.dataset.event === turn.dataset.event);
  if (mine) {
    mine.dataset.seq = turn.dataset.seq;
    mark(mine, "");
  }
  return Boolean(mine);
}

async function show() {
  showing = true;
  while (arriving.length && !gone) {
    const turn = arriving.shift();
    if (!turns().some((one) => one.dataset.seq === turn.dataset.seq)) append(turn, false);
    if (arriving.length && !calm.matches && !document.hidden) await pause(APART);
  }
  showing = false;
  matchFrame();
}

// The frame speaks the language of the talk; a new one comes with the whole page. The help
// button says what it leads to now: help, or the numbers while a person is there.
function matchFrame() {
  if (gone) return;
  const lamp = turns().filter((one) => one.dataset.lamp).at(-1);
  if (lamp) tell(document.getElementById("lamp"), lamp.dataset.lamp);
  const said = turns().filter((one) => one.dataset.lang).at(-1);
  const other = document.querySelector("button[name=lang]").value;
  if (said?.dataset.lang === other && !waiting.length && !showing) anew();
}

// Load the page again, with what was being written, at the place where the keyboard stood.
function anew() {
  const at = document.activeElement?.id || (document.activeElement === document.body ? "" : "own");
  store("draft", field.value);
  store("focus", at);
  location.reload();
}

function settle() {
  field.value = take("draft") || field.value;
  const at = take("focus");
  const own = at === "own" ? turns().filter((one) => one.dataset.who === "me").at(-1) : null;
  if (own) standAt(own.querySelector(".msg"));
  else if (at) document.getElementById(at)?.focus({ preventScroll: true });
}

/* ---------- what this page keeps until it is closed ---------- */

// Private windows may forbid it: then only a reload loses what has not arrived.
function store(name, value) {
  try {
    if (value) sessionStorage.setItem(name, value);
    else sessionStorage.removeItem(name);
  } catch {
    return;
  }
}

function take(name) {
  try {
    const value = sessionStorage.getItem(name) ?? "";
    sessionStorage.removeItem(name);
    return value;
  } catch {
    return "";
  }
}

/* ---------- what is sent ---------- */

let waiting = [];
let sending = false;

const keep = () => store(STORE, waiting.length ? JSON.stringify(waiting) : "");

function send(kind, value, words) {
  const event = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`.replace(".", "-");
  const item = { event, kind, value, words, door, start: fresh ? start : "" };
  waiting.push(item);
  keep();
  if (words) showOwn(item);
  pump();
}

function showOwn(item) {
  const turn = document.getElementById("own").content.firstElementChild.cloneNode(true);
  turn.dataset.event = item.event;
  turn.querySelector("bdi").textContent = item.words.slice(0, 4000);
  append(turn, true);
}

function mark(turn, words) {
  const state = turn.querySelector(".state");
  if (!state) return;
  if (words) return tell(state, words);
  state.remove();
  turn.classList.remove("unsent");
}

async function pump() {
  if (sending) return;
  sending = true;
  for (let tries = 0; waiting.length && !gone; ) {
    const item = waiting[0];
    const turn = turns().find((one) => one.dataset.event === item.event);
    const answer = await post(item).catch(() => null);
    if (gone) return;
    if (answer) lineIsUp();
    else lineInDoubt();
    if (!answer && leaves(item)) return leave(true);
    if (answer?.ok || answer?.refused) {
      waiting.shift();
      keep();
      tries = 0;
      if (turn) mark(turn, answer.refused ? states.refused : "");
      if (answer.ok) arrived(answer, item);
      continue;
    }
    if (turn) mark(turn, states.late);
    tries += 1;
    if (answer?.doors && tries === 2) offerDoors(answer.doors);
    await Promise.race([pause(Math.min(15000, 800 * 2 ** tries)), online()]);
  }
  sending = false;
  matchFrame();
}

// The same event id each time: what arrived twice is answered once.
async function post(item) {
  const form = new FormData();
  form.set("event", item.event);
  form.set(item.kind, item.value);
  form.set("after", after);
  form.set("frame", document.documentElement.lang);
  if (live?.readyState === EventSource.OPEN) form.set("live", "1");
  if (item.door) form.set("door", item.door);
  if (item.start) form.set("start", item.start);
  const response = await fetch("/chat", {
    method: "POST",
    body: form,
    headers: { Accept: "application/json" },
    signal: AbortSignal.timeout?.(leaves(item) ? HURRY : LATE),
  });
  const answer = response.headers.get("content-type")?.includes("json") ? await response.json() : {};
  if (response.ok) return { ...answer, ok: true };
  if (response.status < 500 && response.status !== 429) return { refused: true };
  return answer;
}

function arrived(answer, item) {
  if (answer.left) return leave(false); // the exit word
  for (const passing of talk.querySelectorAll(".doors")) passing.remove();
  if (fresh) greeted(answer.bubbles, item);
  if (fresh) document.getElementById("words")?.remove();
  fresh = false;
  if (navigator.cookieEnabled) door = ""; // from now on the cookie says who we are
  if (!live) listen();
  arrive(answer.bubbles);
}

// The conversation begins with the greeting that stands there already.
function greeted(bubbles, item) {
  const isOwn = ({ html }) => html && parse(html).dataset.event === item.event; // or it is gone
  const own = bubbles.findIndex(isOwn);
  if (own > 0) bubbles.splice(0, own);
  else for (const first of talk.querySelectorAll('.turn[data-seq="0"]')) first.remove();
}

// The store could not keep it: the numbers are shown while the page goes on trying.
function offerDoors(doors) {
  for (const html of doors) {
    const turn = parse(html);
    turn.classList.add("doors");
    append(turn, false);
  }
}

function online() {
  return new Promise((done) => addEventListener("online", done, { once: true }));
}

/* ---------- is there a line? ---------- */

const line = document.getElementById("line");
const calls = document.getElementById("line-calls");
let down = false;
let doubt = 0;

function lineInDoubt() {
  if (!navigator.onLine) return lineIsDown();
  doubt ||= setTimeout(lineIsDown, DOUBT);
}

function lineIsDown() {
  if (down) return;
  down = true;
  const known = [...talk.querySelectorAll(".calls")].at(-1); // those of the child's country
  if (known) calls.replaceChildren(known.cloneNode(true));
  tell(line, states.noLine);
  calls.hidden = false;
  if (atEnd()) toEnd();
}

function lineIsUp() {
  clearTimeout(doubt);
  doubt = 0;
  if (!down) return;
  down = false;
  calls.hidden = true;
  tell(line, states.lineBack);
  setTimeout(() => down || tell(line, ""), BACK);
}

addEventListener("offline", () => {
  live?.close(); // what still seems open is dead; where it is not, it is tried again soon
  lineIsDown();
});
addEventListener("online", () => {
  if (live) listen(); // its answer proves the line
  else if (!waiting.length) lineIsUp();
});

/* ---------- live ---------- */

let live = null;
let heard = Date.now();

function listen() {
  live?.close();
  hears();
  live = new EventSource(`/chat/live?after=${after}`);
  live.addEventListener("open", lineIsUp);
  live.addEventListener("error", () => live.readyState === EventSource.CONNECTING && lineInDoubt());
  live.addEventListener("bubbles", (event) => {
    hears();
    arrive(JSON.parse(event.data));
  });
  live.addEventListener("typing", (event) => {
    hears();
    writes(JSON.parse(event.data).name);
  });
  live.addEventListener("beat", hears);
  live.addEventListener("left", () => leave(false));
}

function hears() {
  heard = Date.now();
}

// A phone that changed networks may not notice that the line is dead.
setInterval(() => {
  if (live && (live.readyState === EventSource.CLOSED || Date.now() - heard > 45000)) listen();
}, 5000);

document.addEventListener("visibilitychange", () => {
  if (!document.hidden && live && live.readyState !== EventSource.OPEN) listen();
});

/* ---------- leaving ---------- */

// Pages of the same talk in other tabs leave with this one.
const others = window.BroadcastChannel ? new BroadcastChannel("left") : null;
others?.addEventListener("message", () => leave(false));

// At once, also without a line: what cannot be told now is told when there is one, or with
// the next visit.
function leave(byUs) {
  if (gone) return;
  gone = true;
  live?.close();
  live = null;
  try {
    sessionStorage.clear();
  } catch {
    // nothing was kept, then
  }
  others?.postMessage("");
  cover();
  if (byUs) markLeft();
  seeOff(byUs);
  addEventListener("online", () => seeOff(byUs));
}

function markLeft() {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `sigurt-left=1; path=/; SameSite=Lax${secure}`;
}

// Nothing is on the screen any more, so the answer is waited for, but not long.
async function seeOff(byUs) {
  const told = byUs && fetch("/exit", { method: "POST", keepalive: true, redirect: "manual" });
  await Promise.race([Promise.resolve(told).catch(() => null), pause(PARTING)]);
  if (navigator.onLine) location.replace("/tabela");
}

// The page behind the exit, drawn here: a slow line must not leave the talk on the screen.
function cover() {
  const table = document.createElement("table");
  for (let row = 1; row <= 10; row += 1) {
    const cells = table.insertRow();
    for (let n = 1; n <= 10; n += 1) cells.insertCell().textContent = row * n;
  }
  const title = document.createElement("h1");
  title.textContent = states.table;
  document.title = states.table;
  for (const linked of document.querySelectorAll("link, meta[name=theme-color]")) linked.remove();
  const icon = document.createElement("link"); // without one a browser asks for /favicon.ico
  icon.rel = "icon";
  icon.href = "/static/table.svg";
  document.head.append(icon);
  document.body.replaceChildren(title, table);
  document.body.className = "";
  history.replaceState(null, "", "/tabela");
}

// The exit words, for when nobody can be asked; otherwise the other side hears them.
const plain = (words) => words.toLowerCase().replace(/[^\p{L}]/gu, "");
const exits = states.exitWords.split(",").map(plain);

function leaves(item) {
  return item.kind === "text" && exits.includes(plain(item.value));
}

document.getElementById("exit").addEventListener("submit", (event) => {
  event.preventDefault();
  leave(true);
});

let escapes = [];
addEventListener(
  "keydown",
  (event) => {
    if (event.key !== "Escape" || event.repeat || event.isComposing) return;
    escapes = [...escapes.filter((at) => event.timeStamp - at < HURRY), event.timeStamp];
    if (escapes.length === 3) leave(true);
  },
  true,
);

// A page that the browser keeps aside must not come back with the talk on it.
addEventListener("pagehide", () => (document.documentElement.hidden = true));
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});

/* ---------- the controls ---------- */

document.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (event.defaultPrevented || event.target.getAttribute("action") !== "/chat") return;
  event.preventDefault();
  if (event.target.id === "write") return write();
  if (button?.name) send(button.name, button.value, button.name === "lang" ? "" : button.textContent.trim());
});

function write() {
  const words = field.value.trim();
  if (!words) return;
  field.value = "";
  if ((down || waiting.length) && leaves({ kind: "text", value: words })) return leave(true);
  send("text", words, words);
}

// The keyboard of a phone stays up when the arrow is touched.
document.querySelector(".send").addEventListener("pointerdown", (event) => event.preventDefault());

document.getElementById("skip").addEventListener("click", (event) => {
  event.preventDefault(); // no place of its own in the history
  field.focus();
});

// Pictures never leave the phone: only that one was offered is told.
function offered(event, files) {
  if (!files?.length) return;
  event.preventDefault();
  const kind = files[0].type.split("/")[0];
  send("media", kind || "file", states.media);
}

addEventListener("paste", (event) => offered(event, event.clipboardData?.files));
addEventListener("dragover", (event) => event.preventDefault());
addEventListener("drop", (event) => {
  event.preventDefault();
  offered(event, event.dataTransfer?.files);
});

/* ---------- begin ---------- */

waiting = JSON.parse(take(STORE) || "[]");
keep();
if (location.search) history.replaceState(null, "", "/"); // the campaign's name stays nowhere
for (const item of waiting) {
  if (item.words && !turns().some((one) => one.dataset.event === item.event)) showOwn(item);
}
if (!fresh) listen();
settle();
toEnd();
pump();
