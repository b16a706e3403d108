// Parley's scripts. Every page is complete without them; they save text, show previews in place, and send with Ctrl+Enter.

import { keepDrafts } from "./drafts.js";
import { showPreviews } from "./preview.js";

keepDrafts();
showPreviews();
if (document.querySelector("[data-source]")) import("./sources.js").then(({ addSourcesInPlace }) => addSourcesInPlace());
if (document.querySelector("[data-offered]")) import("./reactions.js").then(({ reactInPlace }) => reactInPlace());
for (const field of document.querySelectorAll("input[data-bits]")) import("./proof.js").then(({ proveWork }) => proveWork(field));
if (document.querySelector("input[data-tags]")) import("./tags.js").then(({ suggestTags }) => suggestTags());

// A thread that is open follows what happens in it; the page's position says from where on, so it need not hurry.
const live = document.querySelector("[data-live]");
if (live) addEventListener("load", () => setTimeout(() => import("./live.js").then(({ follow }) => follow(live)), 2000));

// What was on the screen of who is signed in is read: it says so by itself.
const replies = document.querySelector("section[data-read]");
if (replies) addEventListener("load", () => import("./reading.js").then(({ noteReading }) => noteReading(replies)));

// Ctrl+Enter (or Command+Enter) in a text presses the form's first button.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || !event.target.matches("textarea, input")) return;
  const button = event.target.form?.querySelector("button:not([type=button])");
  if (!button) return;
  event.preventDefault();
  event.target.form.requestSubmit(button);
});

// Following an unread notification marks it as read; without scripts its own button does.
document.addEventListener("click", (event) => {
  const notice = event.target.closest?.(".unread h2 a")?.closest(".unread");
  if (!notice) return;
  const ids = [Number(notice.querySelector("input[name=notice]").value)];
  const headers = { "Content-Type": "application/json" };
  fetch("/api/v1/notifications/read", { method: "POST", keepalive: true, headers, body: JSON.stringify({ ids }) });
});

// The account menu closes when the reader turns elsewhere.
const menu = document.querySelector("details.account");
if (menu) {
  document.addEventListener("click", (event) => menu.contains(event.target) || menu.removeAttribute("open"));
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
}
