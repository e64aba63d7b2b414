// Every page of the console: the stream, the alarms, the keys, the sign that somebody is there.

import { start as keys } from "./keys.js";
import { isLine, listen, look, lookIfHeld, lost, post, tick, whenFresh } from "./live.js";
import { start as alarms, told } from "./notify.js";

const BEAT = 20000;

alarms();
keys();
listen(told);
setInterval(() => tick(document), 1000);
setInterval(beat, BEAT);
document.addEventListener("focusout", () => setTimeout(lookIfHeld));
document.addEventListener("visibilitychange", () => document.hidden || look());
document.addEventListener("click", closeMore);
tick(document);
showScripted();
whenFresh(showScripted);
beat();

// One sign from any page keeps duty and every contact in hand; from the desk it tells as well
// which contact is looked at.
async function beat() {
  const contact = document.querySelector("main[data-contact]")?.dataset.contact ?? "";
  try {
    await post("/helpline/here", { contact });
  } catch (fault) {
    if (!isLine(fault)) throw fault;
    lost(true);
  }
}

function showScripted() {
  document.querySelectorAll("[data-shows]").forEach((button) => (button.hidden = false));
}

function closeMore(event) {
  document.querySelectorAll("details.more[open], details.deed[open]").forEach((one) => {
    if (!one.contains(event.target) && event.target.isConnected) one.open = false;
  });
}
