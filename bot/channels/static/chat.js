// The chat works without this file: every control is a form. With it, what the child
// sends appears at once and is sent until it arrives, and answers come by themselves.

const chat = document.getElementById("chat");
const log = document.getElementById("log"); // scrolls; turned over, so its end is at 0
const talk = document.getElementById("talk"); // holds the turns
const status = document.getElementById("with");
const states = document.getElementById("states").dataset;
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const APART = 600; // ms between the bubbles of one answer
const STORE = "waiting"; // what has not arrived yet, so that a reload does not lose it

let after = Number(log.dataset.after);
let door = document.querySelector("input[name=door]")?.value ?? "";
let fresh = "fresh" in log.dataset;
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

function closeQuestions() {
  for (const form of talk.querySelectorAll("form.choice")) {
    if (form.contains(document.activeElement)) log.focus({ preventScroll: true });
    form.remove();
  }
}

function append(turn, follow) {
  const stay = !follow && !atEnd();
  const who = turn.dataset.who;
  if (who !== "bot" || turn.querySelector("form.choice")) closeQuestions();
  if (turn.querySelector(".lynx") || "grave" in turn.dataset) {
    for (const lynx of talk.querySelectorAll(".lynx")) lynx.remove();
  }
  turn.classList.add("new");
  talk.append(turn);
  if (who !== "me") describe(turn);
  if (!stay) toEnd();
}

function describe(turn) {
  const name = turn.dataset.name ?? "";
  status.textContent = name ? chat.dataset.with.replace("{name}", name) : chat.dataset.program;
  chat.classList.toggle("band-a", turn.dataset.band === "8-10");
}

function parse(html) {
  const box = document.createElement("template");
  box.innerHTML = html; // from our own server, where every word was escaped
  return box.content.firstElementChild;
}

/* ---------- what arrives: one bubble after the other ---------- */

const arriving = [];
let showing = false;

function arrive(bubbles) {
  for (const bubble of bubbles) {
    if (bubble.seq <= after) continue;
    after = bubble.seq;
    const turn = parse(bubble.html);
    if (!settled(turn)) arriving.push(turn);
  }
  if (!showing) show();
}

// Our own bubble is on the page already: keep it, only say that it has arrived.
function settled(turn) {
  if (turn.dataset.who !== "me") return false;
  const mine = turns().find((one) => one.dataset.event === turn.dataset.event);
  if (mine) mark(mine, "");
  return Boolean(mine);
}

async function show() {
  showing = true;
  while (arriving.length) {
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
  const lamp = turns().filter((one) => one.dataset.lamp).at(-1);
  if (lamp) document.getElementById("lamp").textContent = lamp.dataset.lamp;
  const said = turns().filter((one) => one.dataset.lang).at(-1);
  const other = document.querySelector("button[name=lang]").value;
  if (said?.dataset.lang === other && !waiting.length && !showing) location.reload();
}

/* ---------- what is sent ---------- */

let waiting = [];
let sending = false;

function keep() {
  try {
    if (waiting.length) sessionStorage.setItem(STORE, JSON.stringify(waiting));
    else sessionStorage.removeItem(STORE);
  } catch {
    // private windows may forbid it: then only a reload loses what has not arrived
  }
}

function send(kind, value, words) {
  const event = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`.replace(".", "-");
  const item = { event, kind, value, words, door };
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
  if (words) state.textContent = words;
  else state.remove();
}

async function pump() {
  if (sending) return;
  sending = true;
  for (let tries = 0; waiting.length && !gone; ) {
    const item = waiting[0];
    const turn = turns().find((one) => one.dataset.event === item.event);
    const answer = await post(item).catch(() => null);
    if (gone) return;
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
  const response = await fetch("/chat", {
    method: "POST",
    body: form,
    headers: { Accept: "application/json" },
    signal: AbortSignal.timeout?.(20000),
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
  fresh = false;
  if (navigator.cookieEnabled) door = ""; // from now on the cookie says who we are
  if (!live) listen();
  arrive(answer.bubbles);
}

// The conversation begins with the greeting that stands there already.
function greeted(bubbles, item) {
  const own = bubbles.findIndex((bubble) => parse(bubble.html).dataset.event === item.event);
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

/* ---------- live ---------- */

let live = null;
let heard = Date.now();

function listen() {
  live?.close();
  heard = Date.now();
  live = new EventSource(`/chat/live?after=${after}`);
  live.addEventListener("bubbles", (event) => {
    heard = Date.now();
    arrive(JSON.parse(event.data));
  });
  live.addEventListener("beat", () => (heard = Date.now()));
  live.addEventListener("left", () => leave(false));
}

// A phone that changed networks may not notice that the line is dead.
setInterval(() => {
  if (live && (live.readyState === EventSource.CLOSED || Date.now() - heard > 45000)) listen();
}, 5000);

document.addEventListener("visibilitychange", () => {
  if (!document.hidden && live && live.readyState !== EventSource.OPEN) listen();
});

/* ---------- leaving ---------- */

function leave(tell) {
  if (gone) return;
  gone = true;
  document.documentElement.hidden = true;
  live?.close();
  try {
    sessionStorage.clear();
  } catch {
    // nothing was kept, then
  }
  if (tell) fetch("/exit", { method: "POST", keepalive: true, redirect: "manual" }).catch(() => null);
  location.replace("/tabela");
}

document.getElementById("exit").addEventListener("submit", (event) => {
  event.preventDefault();
  leave(true);
});

let escaped = 0;
addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  if (event.timeStamp - escaped < 1200) leave(true);
  escaped = event.timeStamp;
});

// A page that the browser kept aside must not come back with the talk on it.
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  document.documentElement.hidden = true;
  location.reload();
});

/* ---------- the controls ---------- */

document.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (event.defaultPrevented || event.target.getAttribute("action") !== "/chat") return;
  event.preventDefault();
  if (event.target.id === "write") return write(event.target.elements.text);
  if (button?.name) send(button.name, button.value, button.name === "lang" ? "" : button.textContent.trim());
});

function write(field) {
  const words = field.value.trim();
  if (!words) return;
  field.value = "";
  send("text", words, words);
}

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

try {
  waiting = JSON.parse(sessionStorage.getItem(STORE) ?? "[]");
} catch {
  waiting = [];
}
for (const item of waiting) {
  if (item.words && !turns().some((one) => one.dataset.event === item.event)) showOwn(item);
}
if (!fresh) listen();
toEnd();
pump();
