// The words of a hand-over are kept as they are typed; what is not kept yet says so.

import { isLine, post, whenBack } from "./live.js";

const form = document.getElementById("handover");
const field = document.getElementById("words");
const kept = document.getElementById("kept");
const REST = 400; // milliseconds without a key
const AGAIN = 2000; // milliseconds until the next try while the line is lost
let timer = 0;
let saved = field.value;

field.addEventListener("input", () => {
  say(kept.dataset.unsaved);
  clearTimeout(timer);
  timer = setTimeout(save, REST);
});
field.addEventListener("blur", save);
addEventListener("pagehide", () => save({ keepalive: true }));
form.addEventListener("submit", () => {
  clearTimeout(timer);
  saved = field.value; // the words are on their way: no draft may come after them
});
whenBack(save);

async function save(options = {}) {
  clearTimeout(timer);
  const words = field.value;
  if (words === saved) return;
  try {
    const response = await post(form.dataset.draft, { words }, { keepalive: options.keepalive ?? false });
    if (!response.ok) return;
    saved = words;
    if (field.value === words) say(kept.dataset.saved);
  } catch (fault) {
    if (!isLine(fault)) throw fault;
    timer = setTimeout(save, AGAIN);
  }
}

function say(words) {
  kept.textContent = words;
}
