// Ready-made replies: "/" looks for one, arrows choose, Enter or a press puts the text into the
// reply at the caret. It never sends.

document.addEventListener("keydown", keys);
document.addEventListener("input", (event) => event.target.id === "findreply" && find());
document.addEventListener("click", press);
document.addEventListener("submit", (event) => {
  if (!event.target.closest("#ready .find")) return;
  event.preventDefault();
  take(shown()[0]);
});

function keys(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "/" && !isTyping(event.target)) return open(event);
  const inside = event.target.closest("#ready");
  if (!inside) return;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) return move(event, step);
  if (event.key === "Escape") back(event);
}

function press(event) {
  const row = event.target.closest("[data-reply]");
  if (!row) return;
  event.preventDefault(); // without script the server puts the text into the field
  take(row);
}

function isTyping(element) {
  return Boolean(element.closest("textarea, select, input:not([type=checkbox], [type=radio])"));
}

function open(event) {
  const search = document.getElementById("findreply");
  if (!search || document.querySelector("dialog[open]") || document.getElementById("keyson")?.checked === false) return;
  event.preventDefault();
  document.getElementById("ready").open = true;
  search.focus();
  search.select();
}

function back(event) {
  event.preventDefault();
  event.stopPropagation();
  document.getElementById("ready").open = false;
  document.getElementById("w")?.focus();
}

function move(event, step) {
  event.preventDefault();
  const rows = shown();
  const now = rows.indexOf(document.activeElement);
  const next = now + step;
  if (next < 0) return document.getElementById("findreply").focus();
  rows[Math.min(rows.length - 1, next)]?.focus();
}

function shown() {
  return [...document.querySelectorAll("#readylist [data-reply]")].filter((row) => !row.closest("[hidden]"));
}

function find() {
  const wanted = plain(document.getElementById("findreply").value);
  for (const group of document.querySelectorAll(".ready-group")) {
    const whole = plain(group.querySelector("h3").textContent).includes(wanted);
    for (const row of group.querySelectorAll("li")) row.hidden = !(whole || plain(row.textContent).includes(wanted));
    group.hidden = [...group.querySelectorAll("li")].every((row) => row.hidden);
  }
  document.getElementById("noreply").hidden = shown().length > 0;
}

// Without marks: "perndjekje" finds "përndjekje".
function plain(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().trim();
}

function take(row) {
  const field = document.getElementById("w");
  if (!row || !field) return;
  const text = row.querySelector(".words").textContent;
  const before = field.value.slice(0, field.selectionStart);
  const gap = before && !/\s$/.test(before) ? " " : "";
  field.focus();
  field.setRangeText(gap + text, field.selectionStart, field.selectionEnd, "end");
  field.dispatchEvent(new Event("input", { bubbles: true })); // so that the draft is saved
}
