// "Add another source" makes a row in place; without this the button sends the form and the server makes it. Rows are
// copies of the last one, emptied and numbered anew.

const ROW = "fieldset[data-source]";
const NUMBERED = /source-\d+/;

function emptyCopy(row, number) {
  const copy = row.cloneNode(true);
  copy.dataset.source = number;
  for (const wrong of copy.querySelectorAll(".wrong")) wrong.remove();
  for (const element of copy.querySelectorAll("*")) {
    for (const { name, value } of [...element.attributes]) {
      if (NUMBERED.test(value)) element.setAttribute(name, value.replace(NUMBERED, `source-${number}`));
    }
    for (const name of ["aria-invalid", "aria-describedby", "autofocus", "value"]) {
      if (element.tagName === "INPUT") element.removeAttribute(name);
    }
    if (element.tagName === "INPUT") element.value = "";
  }
  copy.querySelector("[data-place]").textContent = number + 1;
  copy.querySelector("button .hidden").textContent = ` source ${number + 1}`;
  return copy;
}

export function addSource(form) {
  const last = [...form.querySelectorAll(ROW)].at(-1);
  if (!last) return null;
  const copy = emptyCopy(last, Number(last.dataset.source) + 1);
  last.after(copy);
  return copy;
}

// A stored text may have more rows than the page that it is restored into.
export function makeRoom(form, names) {
  const numbers = names.map((name) => Number(/^source-(\d+)-/.exec(name)?.[1] ?? -1));
  const wanted = Math.min(Math.max(-1, ...numbers) + 1, 50);
  if (wanted > 0) form.querySelector(".sources").open = true;
  while (form.querySelectorAll(ROW).length < wanted && addSource(form));
}

export function addSourcesInPlace() {
  document.addEventListener("submit", (event) => {
    if (event.submitter?.value !== "add-source") return;
    const form = event.target;
    const added = form.querySelectorAll(ROW).length < 50 && addSource(form);
    if (!added) return;
    event.preventDefault();
    added.querySelector("input").focus();
  });
}
