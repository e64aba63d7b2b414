// The live desk: keys, the place in the talk, and what happens when the holder changes.

import { isTyping, onKeys } from "./keys.js";
import { whenFresh } from "./live.js";
import { start as marks } from "./mark.js";
import { save, start as write } from "./write.js";

const log = document.getElementById("log");
let low = true; // whether the end of the talk is in sight

write();
marks();
onKeys({
  n: () => document.getElementById("next")?.click(),
  a: () => document.querySelector("[data-accepts]")?.click(),
  j: () => move(1),
  k: () => move(-1),
  r: () => (document.getElementById("w") ?? document.getElementById("claim"))?.focus(),
  f: () => show("#acceptall", "#contactform :is(input:not([type=hidden], :disabled), select, textarea)", "#contact-form"),
  t: () => show("#saw"),
  i: () => show("#noting"),
  h: () => openDeed("handover"),
  e: () => openDeed("callout"),
  Escape: () => leave(document.activeElement) || toQueue(),
});
document.addEventListener("keydown", (event) => event.key === "Escape" && isTyping(event.target) && leave(event.target));
document.addEventListener("keydown", saveByKey);
document.addEventListener("submit", saveFirst, true);
log?.addEventListener("scroll", () => (low = log.scrollHeight - log.scrollTop - log.clientHeight < 60));
whenFresh(below);
whenFresh(() => low && toTheEnd());
toTheEnd();

// What stands under the chat changes only when the holder or the state does; what was typed
// is saved first.
async function below(fresh) {
  const old = document.getElementById("below");
  const now = fresh.getElementById("below");
  if (!old || !now || old.dataset.below === now.dataset.below) return;
  await save();
  location.reload();
}

// A deed that leads to another page takes the draft along.
function saveFirst(event) {
  if (event.target.id !== "write") save({ keepalive: true });
}

function saveByKey(event) {
  if (event.key.toLowerCase() !== "s" || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  const near = event.target.closest?.("form:not(#write)") ?? document.getElementById("contactform");
  if (event.target.id === "w") save();
  else near?.requestSubmit(near.querySelector("[data-saves]") ?? undefined);
}

// Out of a deed, or out of the reply field; tells whether there was something to leave.
function leave(from) {
  const deed = from.closest?.("details.deed[open]");
  if (deed) {
    deed.open = false;
    deed.querySelector("summary").focus();
  } else if (from.id === "w") toQueue();
  return Boolean(deed);
}

function openDeed(id) {
  const deed = document.getElementById(id);
  if (!deed) return;
  reveal("chat");
  deed.open = true;
  deed.querySelector("select, textarea, input:not([type=hidden]), button")?.focus();
}

// Go to the first of these places that the page has.
function show(...places) {
  const part = places.map((place) => document.querySelector(place)).find(Boolean);
  if (!part) return;
  reveal("form");
  part.scrollIntoView({ block: "nearest" });
  (part.matches("form") ? part.querySelector("textarea") : part).focus();
}

// On a narrow screen one part of the desk shows at a time.
function reveal(part) {
  if (!document.getElementById(part).getClientRects().length) location.hash = part;
}

function move(step) {
  const rows = [...document.querySelectorAll("#list a.q")];
  const now = rows.indexOf(document.activeElement);
  rows[now < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, now + step))]?.focus();
}

function toQueue() {
  reveal("queue");
  document.querySelector("#list a.q[aria-current], #list a.q, #queue")?.focus();
}

function toTheEnd() {
  if (log) log.scrollTop = log.scrollHeight;
}
