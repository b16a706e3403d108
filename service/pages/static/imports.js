// While a file is being dealt with, the part of the page that says how far it is follows by itself.

const EVERY = 2000;

async function look() {
  const shown = document.querySelector("#run");
  try {
    const answer = await fetch(location.pathname, { headers: { Accept: "text/html" } });
    const next = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("#run");
    if (!answer.ok || !next) return;
    if (shown.dataset.run !== next.dataset.run || !shown.contains(document.activeElement)) shown.replaceWith(next);
    if (!["reading", "running"].includes(next.dataset.run)) return;
  } catch {
    // The site is away for a moment: look again.
  }
  setTimeout(look, EVERY);
}

setTimeout(look, EVERY);
