// The reply field. Words are never lost and never doubled: what is typed is kept in this tab
// until the helpline has it, and what is sent keeps one key until it is answered.

import { isLine, lost, post, refusal, take, whenBack } from "./live.js";

const REST = 400; // ms without a key before the draft is saved
const PING = 3000;
const RETRY = 3000;

const field = document.getElementById("w");
const form = document.getElementById("write");
const log = document.getElementById("log");
const contact = document.querySelector("main[data-contact]")?.dataset.contact ?? "";
const path = `/helpline/contacts/${contact}`;
const typedNet = `typed:${contact}`;
const sentNet = `sent:${contact}`;
const unanswered = JSON.parse(sessionStorage.getItem(sentNet) ?? "[]");
let key = newKey(); // of the reply that these words will be
let saved = field?.defaultValue ?? "";
let resting = 0;
let pinged = 0;
let sending = false;

export function start() {
  if (!contact) return;
  unanswered.forEach(showUnsent);
  whenBack(drain);
  drain();
  if (!field) return showLeftover();
  restore();
  field.addEventListener("input", typed);
  field.addEventListener("blur", () => save());
  field.addEventListener("keydown", sendByKey);
  form.addEventListener("submit", submit);
  whenBack(() => save());
  addEventListener("pagehide", () => save({ keepalive: true }));
}

// Save now what is typed; the page is about to change.
export async function save(options = {}) {
  clearTimeout(resting);
  if (!field) return;
  const text = field.value;
  if (text === saved) return;
  try {
    const response = await post(`${path}/draft`, { text, key }, options);
    if (!response.ok) return tell(await refusal(response));
    saved = text;
    if (field.value === text) sessionStorage.removeItem(typedNet);
    tell("");
  } catch (fault) {
    if (!isLine(fault)) throw fault;
    tell(form.dataset.unsaved);
    lost(true);
  }
}

function typed() {
  sessionStorage.setItem(typedNet, field.value);
  clearTimeout(resting);
  resting = setTimeout(save, REST);
  if (Date.now() - pinged > PING && field.value) ping();
}

async function ping() {
  pinged = Date.now();
  try {
    await post("/helpline/here", { contact, typing: "yes" });
  } catch (fault) {
    if (!isLine(fault)) throw fault;
    lost(true);
  }
}

// What this tab kept because the helpline did not answer is newer than what the page brought.
function restore() {
  const kept = sessionStorage.getItem(typedNet);
  if (kept === null) return;
  field.value = kept;
  save();
}

function sendByKey(event) {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  form.requestSubmit();
}

function submit(event) {
  event.preventDefault();
  if (!field.value.trim()) return;
  const one = { key, text: field.value };
  key = newKey();
  field.value = saved = "";
  clearTimeout(resting);
  unanswered.push(one);
  keep();
  sessionStorage.removeItem(typedNet);
  tell("");
  showUnsent(one);
  drain();
}

// One after the other, so that they arrive in the order in which they were written.
async function drain() {
  if (sending) return;
  sending = true;
  try {
    while (unanswered.length) await deliver(unanswered[0]);
  } catch (fault) {
    if (!isLine(fault)) throw fault;
    lost(true);
    mark(unanswered[0], log.dataset.unsent);
    setTimeout(drain, RETRY);
  } finally {
    sending = false;
  }
}

async function deliver(one) {
  const response = await post(`${path}/reply`, { text: one.text, key: one.key });
  if (response.status >= 500) throw new TypeError("no answer that counts");
  const why = response.ok ? "" : await refusal(response); // the page may be left while it is read
  unanswered.shift();
  keep();
  if (!response.ok) return refuse(one, why);
  await take(response);
  remove(one);
  log.scrollTop = log.scrollHeight;
}

// Refused for good: the words go back into the field, or stay to be read where there is none.
function refuse(one, why) {
  mark(one, why);
  const before = field?.value ?? sessionStorage.getItem(typedNet);
  const words = before ? `${one.text}\n${before}` : one.text;
  sessionStorage.setItem(typedNet, words);
  remove(one);
  if (!field) return showLeftover();
  field.value = words;
  tell(why);
}

// The contact is not ours to write in any more: what was written and never taken can be read.
function showLeftover() {
  const words = sessionStorage.getItem(typedNet);
  const place = document.getElementById("leftover");
  if (!words || !place) return;
  place.querySelector(".words").textContent = words;
  place.hidden = false;
}

function showUnsent(one) {
  const words = document.createElement("p");
  words.className = "msg out unsent words";
  words.dir = "auto";
  words.textContent = one.text;
  const stamp = document.createElement("span");
  stamp.className = "stamp r";
  stamp.textContent = log.dataset.sending;
  for (const part of [words, stamp]) part.dataset.own = one.key;
  log.append(words, stamp);
  log.scrollTop = log.scrollHeight;
}

function mark(one, words) {
  const [, stamp] = own(one);
  if (stamp) stamp.textContent = words;
}

function remove(one) {
  own(one).forEach((part) => part.remove());
}

function own(one) {
  return [...log.children].filter((part) => part.dataset.own === one.key);
}

function keep() {
  if (unanswered.length) sessionStorage.setItem(sentNet, JSON.stringify(unanswered));
  else sessionStorage.removeItem(sentNet);
}

function tell(words) {
  const place = document.getElementById("unsaved");
  if (place.textContent !== words) place.textContent = words;
}

function newKey() {
  return [...crypto.getRandomValues(new Uint8Array(18))].map((one) => one.toString(16).padStart(2, "0")).join("");
}
