// Unsaved text survives a reload, a lost session (401) and a thread that closed meanwhile (409).
// Each form with data-draft is kept in localStorage under its reader and name while it is written. It is let go only
// when the server says that it stored the post: the answer sets the cookie `parley-posted` to the draft's name.

const SENT = "parley-posted";
const reader = document.body.dataset.reader;
const place = (name, who = reader) => `parley:draft:${who}:${name}`;
const NOT_TEXT = new Set(["idempotency_key", "do"]);
const PLACE = new Set(["parent", "answers", "anyway"]); // what the page asks for, not what was typed

function acknowledged() {
  const found = document.cookie.split("; ").find((part) => part.startsWith(`${SENT}=`));
  if (!found) return;
  const name = decodeURIComponent(found.slice(SENT.length + 1));
  localStorage.removeItem(place(name));
  localStorage.removeItem(place(name, "")); // written while the session was lost
  document.cookie = `${SENT}=; Max-Age=0; Path=/; SameSite=Lax`;
}

function fieldsOf(form) {
  return [...form.elements].filter((field) => field.name && !NOT_TEXT.has(field.name) && field.tagName !== "BUTTON");
}

function save(form) {
  const values = Object.fromEntries(fieldsOf(form).map((field) => [field.name, field.value]));
  if (values.body?.trim() || values.title?.trim()) {
    localStorage.setItem(place(form.dataset.draft), JSON.stringify(values));
  } else {
    localStorage.removeItem(place(form.dataset.draft));
  }
}

// A refused form comes back with what was typed, which is the newest; otherwise the stored text is.
async function restore(form) {
  const stored = localStorage.getItem(place(form.dataset.draft));
  if (!stored || form.dataset.refused !== undefined) return;
  const values = JSON.parse(stored);
  if (form.querySelector("[data-source]")) {
    const { makeRoom } = await import("./sources.js");
    makeRoom(form, Object.keys(values).filter((name) => values[name]));
  }
  const fields = fieldsOf(form).filter((field) => field.name in values && !PLACE.has(field.name));
  if (fields.every((field) => field.value === values[field.name])) return;
  for (const field of fields) field.value = values[field.name];
  const status = form.querySelector("[data-status]");
  if (status) status.replaceChildren("Your unsent text was restored. ", discardButton(form));
}

// Back to the text as it is stored (or to none).
function discardButton(form) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "plain";
  button.textContent = "Discard it";
  button.addEventListener("click", () => {
    localStorage.removeItem(place(form.dataset.draft));
    form.reset();
    form.querySelector("[data-status]").textContent = "";
  });
  return button;
}

function showKept(section) {
  const key = place(section.dataset.kept);
  const stored = localStorage.getItem(key);
  if (!stored) return;
  const discard = section.querySelector("[data-discard]");
  if (!section.querySelector("textarea")) discard.parentElement.before(writtenText(JSON.parse(stored).body));
  section.hidden = false;
  discard.hidden = false;
  discard.addEventListener("click", () => {
    localStorage.removeItem(key);
    section.hidden = true;
  });
}

function writtenText(text) {
  const field = document.createElement("label");
  const area = document.createElement("textarea");
  field.className = "written";
  area.readOnly = true;
  area.value = text;
  field.append("What you wrote", area);
  return field;
}

function watch(form) {
  let waiting;
  const now = () => {
    clearTimeout(waiting);
    waiting = undefined;
    save(form);
  };
  form.addEventListener("input", () => (waiting ??= setTimeout(now, 300)));
  form.addEventListener("submit", now);
  addEventListener("pagehide", () => waiting && now());
}

export function keepDrafts() {
  try {
    acknowledged();
    for (const form of document.querySelectorAll("form[data-draft]")) {
      restore(form).catch(() => {}); // what cannot be read is not restored
      watch(form);
    }
    for (const section of document.querySelectorAll("[data-kept]")) showKept(section);
  } catch {
    // Storage is forbidden or full: the page works as it does without scripts.
  }
}
