// Who waits, told on every page: count in the title and in the bar, sound, notification of
// the browser, a red edge for an emergency. Never a word of anybody.

const HEARD = "heard";
const TONES = { 4: [880, 660, 880, 660], 3: [523, 659] };
const LATE = 2000; // a tone for something older only startles
let context = null;

export function start() {
  remember("soundon", "yes");
  remember("notifyon", "no");
  document.getElementById("notifyon").addEventListener("change", ask);
  document.addEventListener("click", (event) => {
    const wish = event.target.closest("[data-plays]");
    if (wish) sound(Number(wish.dataset.plays));
  });
  for (const sign of ["pointerdown", "keydown"]) document.addEventListener(sign, wake, true);
}

// Hear the stream: each tag rings once in this tab, on whatever page it is.
export function told({ waiting, notices, ringing }) {
  badge("badge", waiting);
  badge("notices", notices);
  document.title = waiting ? `(${waiting}) Sigurt` : "Sigurt";
  document.body.classList.toggle("alarmed", ringing.some(([rank]) => rank === 4));
  const heard = new Set(JSON.parse(sessionStorage.getItem(HEARD) ?? "[]"));
  const fresh = ringing.filter(([, tag]) => !heard.has(tag) && !isInSight(tag));
  sessionStorage.setItem(HEARD, JSON.stringify(ringing.map(([, tag]) => tag)));
  if (fresh.length) ring(Math.max(...fresh.map(([rank]) => rank)));
}

// Words of the child whose talk is open before one's eyes need no tone.
function isInSight(tag) {
  const open = document.querySelector("main[data-contact]")?.dataset.contact;
  return Boolean(open) && !document.hidden && tag.startsWith(`${open}.words.`);
}

function ring(rank) {
  const news = document.getElementById("news");
  if (rank === 4) news.textContent = news.dataset.emergency;
  if (document.getElementById("soundon").checked) sound(rank);
  if (document.getElementById("notifyon").checked && !document.hasFocus()) notify(news.dataset.waits);
}

function badge(id, count) {
  const place = document.getElementById(id);
  if (!place) return;
  place.hidden = !count;
  place.textContent = count;
}

// Two tones that cannot be taken for each other: four high for an emergency, two low else.
function sound(rank) {
  context ??= new AudioContext();
  if (context.state === "running") return play(rank);
  const asked = Date.now();
  document.getElementById("muted").hidden = Boolean(navigator.userActivation?.hasBeenActive);
  context.resume().then(() => Date.now() - asked < LATE && play(rank));
}

function play(rank) {
  TONES[rank === 4 ? 4 : 3].forEach((pitch, place) => tone(pitch, context.currentTime + place * 0.22));
}

function tone(pitch, at) {
  const voice = context.createOscillator();
  const level = context.createGain();
  level.gain.setValueAtTime(0.14, at);
  level.gain.exponentialRampToValueAtTime(0.001, at + 0.2);
  voice.frequency.value = pitch;
  voice.connect(level).connect(context.destination);
  voice.start(at);
  voice.stop(at + 0.2);
}

// A browser plays nothing before its person did something on the page.
function wake() {
  if (context?.state === "suspended") context.resume();
  document.getElementById("muted").hidden = true;
}

async function ask(event) {
  const box = event.target;
  if (!box.checked) return;
  const answer = "Notification" in window ? await Notification.requestPermission() : "denied";
  box.checked = answer === "granted";
  document.getElementById("refused").hidden = box.checked;
  keep(box);
}

function notify(words) {
  if (!("Notification" in window) || Notification.permission !== "granted") return;
  try {
    const shown = new Notification(words, { tag: "sigurt", renotify: true });
    shown.addEventListener("click", () => window.focus());
  } catch (fault) {
    if (!(fault instanceof TypeError)) throw fault;
    document.getElementById("notifyon").checked = false; // browsers of phones make none from a page
  }
}

// A choice of this browser.
export function remember(id, otherwise) {
  const box = document.getElementById(id);
  box.checked = (localStorage.getItem(id) ?? otherwise) === "yes";
  box.addEventListener("change", () => keep(box));
}

function keep(box) {
  localStorage.setItem(box.id, box.checked ? "yes" : "no");
}
