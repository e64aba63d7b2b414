// Keys: one letter each, only outside text fields, and only while they are on.

import { remember } from "./notify.js";

const deeds = new Map();

// Let a page add its keys: `{ n: () => … }`. No key ends, deletes or sends outside.
export function onKeys(more) {
  for (const [key, deed] of Object.entries(more)) deeds.set(key, deed);
}

export function start() {
  remember("keyson", "yes");
  document.addEventListener("keydown", press);
  document.addEventListener("click", (event) => {
    const shows = event.target.closest("[data-shows]");
    if (shows) document.getElementById(shows.dataset.shows).showModal();
  });
}

export function isTyping(target) {
  return Boolean(target.closest?.("textarea, select, input:not([type=checkbox]):not([type=radio])"));
}

function press(event) {
  if (isTyping(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
  const dialog = document.getElementById("keys");
  if (event.key === "?") return dialog.open || dialog.showModal();
  if (dialog.open || !document.getElementById("keyson").checked) return;
  const deed = deeds.get(event.key.length === 1 ? event.key.toLowerCase() : event.key);
  if (!deed || isAnswering(event)) return;
  event.preventDefault();
  deed();
}

// Whoever opened a deed (hand over, call the supervisor) and types on means its fields: a letter
// must not lead to the reply, where the rest would stand as words to the child.
function isAnswering(event) {
  return event.key.length === 1 && Boolean(event.target.closest("details.deed[open] .deed-box"));
}
