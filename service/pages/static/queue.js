// The review queue by the keyboard, and reasons given often that are filled in where they can still be changed.

const KEYS = { a: ["approve", "restore"], r: ["reject"], s: ["spam"], t: ["trash"], h: ["hide"], d: ["dismiss"], c: ["claim", "release"] };
const OFF = "parley-queue-keys-off";
const NEXT = "parley-queue-next";
const cases = () => [...document.querySelectorAll("[data-case]")];
const current = () => document.activeElement?.closest?.("[data-case]");
const dialog = document.querySelector("#keys");

function go(to) {
  to?.focus();
  to?.scrollIntoView({ block: "nearest" });
}

// A step takes the item out of the list: the one that moves up has the focus when the page is there again.
function press(item, deeds) {
  const button = deeds.map((deed) => item.querySelector(`button[name=do][value=${deed}]`)).find(Boolean);
  if (!button) return;
  if (!button.checkVisibility()) return go(item.querySelector(".moderate > summary"));
  sessionStorage.setItem(NEXT, cases().indexOf(item));
  button.form.requestSubmit(button);
}

function pressed(event) {
  const key = event.key;
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.isComposing || event.defaultPrevented) return;
  if (dialog.open || event.target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]")) return;
  if (!isOn() || !(key in KEYS || "jkxu?".includes(key))) return;
  event.preventDefault();
  const all = cases(), item = current(), at = all.indexOf(item);
  if (key === "?") dialog.showModal();
  else if (key === "u") document.querySelector("[data-undo]")?.click();
  else if (key === "j") go(all[Math.min(at + 1, all.length - 1)]);
  else if (key === "k") go(all[Math.max(at - 1, 0)]);
  else if (!item) go(all[0]);
  else if (key === "x") item.querySelector("input[form=many]")?.click();
  else press(item, KEYS[key]);
}

const isOn = () => !localStorage.getItem(OFF);

function offerKeys() {
  const button = document.querySelector("[data-keys]"), on = dialog.querySelector("[data-keys-on]");
  button.hidden = false;
  button.addEventListener("click", () => dialog.showModal());
  on.checked = isOn();
  on.addEventListener("change", () => (on.checked ? localStorage.removeItem(OFF) : localStorage.setItem(OFF, "1")));
  document.addEventListener("keydown", pressed);
  const next = sessionStorage.getItem(NEXT);
  sessionStorage.removeItem(NEXT);
  if (next === null || document.querySelector(".refusal[autofocus]")) return;
  const left = cases(), to = left[Math.min(Number(next), left.length - 1)] ?? document.querySelector("[data-done]");
  addEventListener("load", () => requestAnimationFrame(() => setTimeout(() => go(to)))); // the address's fragment comes first
}

// A reason that was chosen stands in the field, with what it names filled in; without scripts the server does it. Not
// at each change: who chooses by the arrow keys changes often.
function fill(select) {
  const canned = document.querySelector("[data-canned]"), field = select.form.elements.reason;
  const found = canned.content.querySelector(`[data-id="${CSS.escape(select.value)}"]`);
  const item = select.closest("[data-case]");
  if (!found || !field || !item) return;
  const words = { ...item.dataset, site: canned.dataset.site };
  const said = found.textContent.replace(/\{(title|author|category|site)\}/g, (_, name) => words[name]);
  field.value = [said, field.value.trim()].filter(Boolean).join(" ");
  select.value = "";
}

document.addEventListener("focusout", (event) => event.target.matches("select[name=canned]") && fill(event.target));
offerKeys();
