// How far the reader has read: what was on the screen of a visible tab is told to the server, at most every 20 seconds
// and when the reader leaves. A reply counts as read when it and all before it on the page were seen; later ones that
// were seen are named, so that nobody is told of them by mail.

const EVERY = 20_000;
const AT_LEAST = 60_000; // who reads one long reply goes on reading
const IDLE = 120_000; // who has not moved for so long has gone away

const numberOf = (article) => Number(/^reply-(\d+)$/.exec(article.id)?.[1] ?? 0);

class Reading {
  seen = new Set();
  sent = 0; // when
  told = ""; // what
  moved = Date.now();

  constructor(section) {
    this.section = section;
    this.url = section.dataset.read;
    this.mark = Number(section.dataset.mark);
    this.watcher = new IntersectionObserver((entries) => this.look(entries), { threshold: [0, 0.6, 1] });
    this.watchAll();
    new MutationObserver(() => this.watchAll()).observe(section, { childList: true, subtree: true });
    for (const kind of ["scroll", "pointermove", "keydown", "touchstart"]) {
      addEventListener(kind, () => (this.moved = Date.now()), { passive: true });
    }
    setInterval(() => this.tell(), EVERY);
    setTimeout(() => this.tell(), 3000);
    document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && this.leave());
    addEventListener("pagehide", () => this.leave());
  }

  watchAll() {
    for (const article of this.section.querySelectorAll("article.reply[id^=reply-]")) this.watcher.observe(article);
  }

  // Of a reply that is higher than the window most of it is never there at once: its end is what counts.
  look(entries) {
    if (document.visibilityState !== "visible") return;
    for (const { target, intersectionRatio, isIntersecting, boundingClientRect } of entries) {
      const isEndThere = isIntersecting && boundingClientRect.bottom <= innerHeight;
      if (intersectionRatio >= 0.6 || isEndThere) this.seen.add(numberOf(target));
    }
  }

  progress() {
    const numbers = [...this.section.querySelectorAll("article.reply[id^=reply-]")].map(numberOf);
    const ahead = numbers.filter((number) => number > this.mark).sort((one, other) => one - other);
    const gap = ahead.find((number) => !this.seen.has(number));
    const read = ahead.filter((number) => gap === undefined || number < gap);
    const number = Math.max(this.mark, ...read);
    return { number, seen: [...this.seen].filter((each) => each > number).slice(-100) };
  }

  tell() {
    const now = Date.now();
    if (document.visibilityState !== "visible" || now - this.moved > IDLE) return;
    const said = JSON.stringify(this.progress());
    if (said !== this.told || now - this.sent >= AT_LEAST) this.send(said);
  }

  leave() {
    const said = JSON.stringify(this.progress());
    if (said !== this.told) this.send(said);
  }

  send(said) {
    this.told = said;
    this.sent = Date.now();
    this.mark = Math.max(this.mark, JSON.parse(said).number);
    const headers = { "Content-Type": "application/json" };
    fetch(this.url, { method: "PUT", keepalive: true, headers, body: said }).catch(() => {});
  }
}

export function noteReading(section) {
  return new Reading(section);
}
