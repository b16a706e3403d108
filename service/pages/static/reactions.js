// Reactions in place: "React" unfolds the buttons that nobody has pressed yet, and a pressed one tells the server and
// shows the new count. When the server refuses, the form is sent as it is without scripts, and its page says why.

export function reactInPlace() {
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-react]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    unfold(link);
  });
  document.addEventListener("submit", (event) => {
    if (event.target.dataset.reactions === undefined || !event.submitter) return;
    event.preventDefault();
    press(event.target, event.submitter);
  });
  document.querySelector("template[data-offered]").dataset.ready = "";
}

function unfold(link) {
  const form = link.closest("form");
  const offered = document.querySelector("template[data-offered]").content;
  const added = [];
  for (const button of offered.querySelectorAll("button")) {
    const shown = [...form.querySelectorAll("button")].find((each) => nameOf(each) === nameOf(button));
    if (!shown) added.push(document.importNode(button, true));
    link.before(shown ?? added.at(-1));
  }
  link.remove();
  added[0]?.focus();
}

function nameOf(button) {
  return button.value.replace(/^(un)?react-/, "");
}

async function press(form, button) {
  if (form.dataset.busy !== undefined) return;
  form.dataset.busy = "";
  const isMine = button.getAttribute("aria-pressed") === "true";
  const address = `${form.dataset.reactions}/${nameOf(button)}`;
  const answer = await fetch(address, { method: isMine ? "DELETE" : "PUT" }).catch(() => null);
  delete form.dataset.busy;
  if (!answer?.ok) return sendPlainly(form, button);
  const count = button.querySelector("span");
  const known = answer.status === 200 ? (await answer.json()).reactions[nameOf(button)] : Number(count.textContent) - 1;
  count.textContent = known > 0 ? known : "";
  button.setAttribute("aria-pressed", String(!isMine));
  button.value = `${isMine ? "" : "un"}react-${nameOf(button)}`;
}

function sendPlainly(form, button) {
  const deed = document.createElement("input");
  Object.assign(deed, { type: "hidden", name: button.name, value: button.value });
  form.append(deed);
  form.submit();
}
