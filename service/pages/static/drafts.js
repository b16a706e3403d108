// Unsaved text survives a reload, a lost session (401) and a thread that closed meanwhile (409).
// Each form with data-draft is kept in localStorage under its reader and name while it is written. It is let go only
// when the server says that it stored the post: the answer sets the cookie `parley-posted` to the draft's name. A form
// with data-door is kept on the server too (draft_door.js), for its writer's other devices: the newer of both counts.

const SENT = "parley-posted";
const MARKS = "@"; // beside the fields: when they were stored, and what the server has of them
const reader = document.body.dataset.reader;
const place = (name, who = reader) => `parley:draft:${who}:${name}`;
const NOT_TEXT = new Set(["idempotency_key", "do", "drawn", "website", "proof"]);
const PLACE = new Set(["parent", "answers", "anyway"]); // what the page asks for, not what was typed

function acknowledged() {
  const found = document.cookie.split("; ").find((part) => part.startsWith(`${SENT}=`));
  if (!found) return;
  const name = decodeURIComponent(found.slice(SENT.length + 1));
  const stored = localStorage.getItem(place(name));
  localStorage.removeItem(place(name));
  localStorage.removeItem(place(name, "")); // written while the session was lost
  document.cookie = `${SENT}=; Max-Age=0; Path=/; SameSite=Lax`;
  const form = document.querySelector(`form[data-draft="${CSS.escape(name)}"][data-saved]`);
  if (stored && form?.dataset.saved) discardIfPosted(form, JSON.parse(stored).body);
}

// A draft on its way to the server when the reply was sent may have come in after it.
function discardIfPosted(form, posted) {
  if (form.elements.body.value !== posted) return;
  fetch(form.dataset.door, { method: "DELETE" }).catch(() => {});
  form.elements.body.value = form.elements.body.defaultValue = "";
  form.parentElement.querySelector("form.begun")?.remove();
}

function fieldsOf(form) {
  return [...form.elements].filter((field) => field.name && !NOT_TEXT.has(field.name) && field.tagName !== "BUTTON");
}

function valuesOf(form) {
  return Object.fromEntries(fieldsOf(form).map((field) => [field.name, field.value]));
}

// `marks` says what is known of the server's copy: `kept`, its time, and `clean`, whether it has this very text.
function save(form, marks = {}) {
  const values = valuesOf(form);
  const key = place(form.dataset.draft);
  const known = JSON.parse(localStorage.getItem(key) ?? "{}")[MARKS] ?? { kept: form.dataset.saved };
  if (values.body?.trim() || values.title?.trim()) {
    values[MARKS] = { ...known, at: Date.now(), clean: false, ...marks };
    localStorage.setItem(key, JSON.stringify(values));
  } else {
    localStorage.removeItem(key);
  }
}

// A refused form comes back with what was typed, which is the newest; otherwise the newer of both stored texts is.
// Says whether a text stands in the form now that the server has not got.
async function restore(form, server) {
  const key = place(form.dataset.draft);
  const stored = localStorage.getItem(key);
  if (!stored || form.dataset.refused !== undefined) return false;
  const values = JSON.parse(stored);
  if (form.dataset.door && server?.serverIsNewer(form.dataset, values[MARKS])) {
    localStorage.removeItem(key);
    return false;
  }
  const { quoted } = form.dataset; // was asked for just now: it stands behind what was written before
  if (quoted && !values.body?.includes(quoted.trim())) values.body = `${values.body?.trimEnd() ?? ""}\n\n${quoted}`.trimStart();
  if (form.querySelector("[data-source]")) {
    const { makeRoom } = await import("./sources.js");
    makeRoom(form, Object.keys(values).filter((name) => values[name]));
  }
  const fields = fieldsOf(form).filter((field) => field.name in values && !PLACE.has(field.name));
  if (fields.every((field) => field.value === values[field.name])) return false;
  for (const field of fields) field.value = values[field.name];
  const status = form.querySelector("[data-status]");
  if (status && !form.dataset.saved) status.replaceChildren("Your unsent text was restored. ", discardButton(form));
  return true;
}

// Back to the text as it is stored (or to none).
function discardButton(form) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "plain";
  button.textContent = "Discard it";
  button.addEventListener("click", () => {
    localStorage.removeItem(place(form.dataset.draft));
    form.dispatchEvent(new CustomEvent("discard"));
    form.reset();
    form.querySelector("[data-status]").textContent = "";
  });
  return button;
}

function showKept(section, server) {
  const key = place(section.dataset.kept);
  const discard = section.querySelector("[data-discard]");
  discard.addEventListener("click", () => {
    localStorage.removeItem(key);
    if (discard.type === "button") section.hidden = true;
  });
  const stored = localStorage.getItem(key);
  if (!stored) return;
  const values = JSON.parse(stored);
  const given = section.querySelector("textarea");
  const isOld = section.dataset.saved !== undefined && server?.serverIsNewer(section.dataset, values[MARKS]);
  if (isOld && !given) return localStorage.removeItem(key); // posted or discarded elsewhere
  if (!given) discard.closest("form, p").before(writtenText(values.body));
  else if (section.dataset.refused === undefined && !isOld) given.value = values.body;
  section.hidden = false;
  discard.hidden = false;
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

// `door` comes a moment later than the first key may.
function watch(form, coming) {
  let door, waiting;
  coming.then((come) => (door = come)).catch(() => {});
  const now = () => {
    clearTimeout(waiting);
    waiting = undefined;
    save(form);
  };
  form.addEventListener("input", () => {
    form.dataset.touched = "";
    waiting ??= setTimeout(now, 300);
    door?.changed();
  });
  form.addEventListener("submit", (event) => {
    now();
    door?.leaves(event);
  });
  form.addEventListener("discard", () => door?.discard());
  addEventListener("pagehide", () => {
    if (waiting) now();
    door?.hides();
  });
}

// What a form was typed into meanwhile stays as it is.
async function takeUp(form, server) {
  const door = form.dataset.door && server ? doorOf(form, server) : null;
  const isNews = form.dataset.touched === undefined && (await restore(form, server).catch(() => false));
  if (isNews || form.dataset.touched !== undefined) door?.changed();
  return door;
}

function doorOf(form, server) {
  const door = new server.Door(form, (kept, body) => save(form, { kept, clean: form.elements.body.value === body }));
  form.parentElement.querySelector("form.begun")?.addEventListener("submit", () => door.close());
  return door;
}

export function keepDrafts() {
  try {
    acknowledged();
    const hasServer = document.querySelector("[data-saved]");
    const coming = hasServer ? import("./draft_door.js").catch(() => null) : Promise.resolve(null);
    for (const form of document.querySelectorAll("form[data-draft]")) {
      watch(form, coming.then((server) => takeUp(form, server)));
    }
    coming.then((server) => {
      for (const section of document.querySelectorAll("[data-kept]")) showKept(section, server);
    });
  } catch {
    // Storage is forbidden or full: the page works as it does without scripts.
  }
}
