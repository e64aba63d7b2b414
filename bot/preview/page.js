// The preview works without this file. With it, the page comes anew when a file was saved,
// and whoever uses the keyboard stands at the next choice on the side where they were.

const SIDE = "side";

addEventListener("submit", ({ target }) => {
  const side = target.querySelector("input[name=side]")?.value;
  if (side) sessionStorage.setItem(SIDE, `${side} ${target.className.split(" ")[0]}`);
});

const [side, kind] = (sessionStorage.getItem(SIDE) ?? "").split(" ");
sessionStorage.removeItem(SIDE);
const here = side ? document.getElementById(side) : null;
const next = here?.querySelector(kind === "line" ? "input[name=text]" : ".choice .btn");
(next ?? here?.querySelector("input[name=text]"))?.focus({ preventScroll: !matchMedia("(max-width: 700px)").matches });

for (const select of document.querySelectorAll(".with select")) {
  select.addEventListener("change", () => select.form.submit());
}

const live = new EventSource(`/live?since=${document.body.dataset.number}`);
live.addEventListener("saved", () => {
  live.close();
  location.reload();
});
addEventListener("pagehide", () => live.close());
