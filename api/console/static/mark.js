// The form for a mark comes and goes beside the chat; a draft of a reply is not touched.

import { isLine, lost, post, refusal, take } from "./live.js";

export function start() {
  document.addEventListener("click", open);
  document.addEventListener("submit", save);
}

async function open(event) {
  const link = event.target.closest("[data-mark], [data-unmark]");
  if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  if ("unmark" in link.dataset) return close();
  try {
    const response = await fetch(link.href, { headers: { "X-Live": "1" } });
    if (!response.ok) return;
    swap(await response.text());
    if (!document.getElementById("form").getClientRects().length) location.hash = "form";
    document.getElementById("severity")?.focus();
  } catch (fault) {
    if (!isLine(fault)) throw fault;
    lost(true);
  }
}

async function save(event) {
  const form = event.target;
  if (!form.closest("#mark")) return;
  event.preventDefault();
  try {
    const response = await post(form.action, new FormData(form));
    if (!response.ok && response.status !== 401) return refuse(await refusal(response));
    await take(response);
    close();
  } catch (fault) {
    if (!isLine(fault)) throw fault;
    lost(true);
  }
}

function swap(text) {
  const fresh = new DOMParser().parseFromString(text, "text/html").getElementById("mark");
  document.getElementById("mark").replaceWith(document.adoptNode(fresh));
}

function close() {
  const panel = document.getElementById("mark");
  const back = document.getElementById(`k-${panel.dataset.markOf}`);
  panel.hidden = true;
  panel.replaceChildren();
  if (location.hash === "#form" && panel.dataset.markOf !== "contact") location.hash = "chat";
  back?.focus();
}

function refuse(words) {
  const why = document.getElementById("markfault");
  why.textContent = words;
  why.hidden = false;
}
