// A thread as its open page has heard of it, and what the page does about it: the bar that announces, the replies that
// "Show" puts in place, and the form that keeps its text when the thread closes.

const HOUR = 3_600_000;
const KEPT = "Your text stays here and in this browser.";
const CLOSED = `This thread has closed: replies are no longer taken. ${KEPT}`;
const REFUSED = `Your reply was not sent: this thread has closed. ${KEPT}`;
const OVERTAKEN = "This was changed elsewhere meanwhile. When you save, you are shown both texts; yours stays as it is.";
const APPEAR = ["reply.posted", "reply.published", "reply.restored"];
const VANISH = ["reply.hidden", "reply.trashed", "reply.rejected", "reply.spammed"];

const EDITS = ["thread.edited", "reply.edited"];

export const KINDS = ["position", "reset", "state", ...APPEAR, ...VANISH, ...EDITS];

// How the thread stands, as far as this page has heard of it.
export class Thread {
  fresh = new Set(); // numbers of replies that are not on the page yet
  isVague = false; // more is new than was told one by one

  constructor(template) {
    const { reader, page, perPage, last, closed } = template.dataset;
    Object.assign(this, { template, reader, page: Number(page), perPage: Number(perPage), highest: Number(last) });
    this.isClosed = closed !== undefined;
    this.bar = new Bar(template, () => this.show());
  }

  pageOf(number) {
    return Math.max(1, Math.ceil(number / this.perPage));
  }

  hear({ kind, actor, data }) {
    const { number } = data;
    if (VANISH.includes(kind)) this.fresh.delete(number);
    if (!APPEAR.includes(kind)) return;
    const isMissing = this.pageOf(number) === this.page && !document.getElementById(`reply-${number}`);
    const isNew = isMissing || number > this.highest;
    this.highest = Math.max(this.highest, number);
    if (isNew && String(actor.id) !== this.reader) this.fresh.add(number);
  }

  stand({ now, thread }, isReset) {
    if (isReset && thread.last_number > this.highest) {
      this.isVague = true;
      this.highest = thread.last_number;
    }
    if ((thread.state !== "open") !== this.isClosed) this.turn(!this.isClosed);
    this.setClock(now, thread.closes_at, Date.now());
  }

  // A thread closes at its deadline by law, and nobody says so: the page goes by the server's clock, as it is first told.
  setClock(now, closes, then) {
    this.ahead = Date.parse(now) - then;
    this.closes = Date.parse(closes || "");
    clearTimeout(this.closing);
    const left = this.closes - Date.now() - this.ahead;
    if (this.isClosed || Number.isNaN(left)) return;
    const again = () => (left > HOUR ? this.setClock(now, closes, then) : this.turn(true));
    this.closing = setTimeout(again, Math.min(Math.max(left, 0) + 100, HOUR));
  }

  turn(isClosed) {
    this.isClosed = isClosed;
    const composer = document.querySelector("#reply-form form[data-draft]");
    if (composer) isClosed ? block(composer, "warned" in this.template.dataset) : unblock(composer);
    for (const invitation of document.querySelectorAll("p.composer")) invitation.hidden = isClosed;
    steadily(() => (isClosed ? this.putNotice(justClosed()) : document.getElementById("closed")?.remove()));
    if (isClosed) setTimeout(() => this.quoteNotice(), 2000 * Math.random());
    const hasForm = composer || document.querySelector("p.composer");
    this.bar.turn(isClosed, isClosed || hasForm ? "" : addressOf(this.page));
  }

  putNotice(notice) {
    document.getElementById("closed")?.remove();
    document.getElementById("thoughts").parentElement.after(document.importNode(notice, true));
  }

  // The server's words: by whom, and why. Its readers do not all ask at once.
  async quoteNotice() {
    const drawn = await drawnAfresh(this.page).catch(() => null);
    const notice = drawn?.getElementById("closed");
    if (this.isClosed && notice) steadily(() => this.putNotice(notice));
  }

  async show() {
    const drawn = await drawnAfresh(this.page);
    const first = steadily(() => insertReplies(drawn));
    for (const number of this.fresh) if (this.pageOf(number) === this.page) this.fresh.delete(number);
    this.isVague = false;
    this.announce();
    if (!first) return;
    first.tabIndex = -1;
    first.focus({ preventScroll: true });
    first.scrollIntoView({ block: "center" });
  }

  announce() {
    const elsewhere = [...this.fresh].filter((number) => this.pageOf(number) !== this.page);
    const first = Math.min(...elsewhere);
    const address = elsewhere.length ? addressOf(this.pageOf(first), first) : "";
    this.bar.count(this.fresh.size, this.isVague || elsewhere.length < this.fresh.size, this.isVague, address);
  }
}

// The notice until the server's is there. Not in the page from the start: a page that says "Comments are closed." is closed.
function justClosed() {
  const notice = document.createElement("section");
  Object.assign(notice, { className: "closed", id: "closed" });
  notice.setAttribute("aria-labelledby", "closed-title");
  const heading = Object.assign(document.createElement("h2"), { id: "closed-title", textContent: "Comments are closed." });
  const words = Object.assign(document.createElement("p"), { className: "quiet", textContent: "This thread has just closed." });
  notice.append(heading, words);
  return notice;
}

// A post that is being edited: what is typed stays, and its writer is told when the stored text is another by now.
export class Edited {
  constructor(template) {
    this.subject = template.dataset.edits;
    this.form = document.querySelector("form[data-draft]");
  }

  hear({ kind, subject, data }) {
    const isIt = EDITS.includes(kind) && `${subject.type}-${subject.id}` === this.subject;
    if (isIt && data.version > Number(this.form.elements.version.value)) tell(this.form, OVERTAKEN);
  }

  stand() {}

  announce() {}
}

// The bar at the foot of the window: what is new in words, and what can be done about it.
class Bar {
  replies = "";
  turned = "";
  dismissed = "";

  constructor(template, show) {
    this.element = document.importNode(template.content.querySelector(".live"), true);
    document.body.append(this.element);
    const parts = ["p", "[data-show]", "a", "[data-away]"].map((each) => this.element.querySelector(each));
    const [words, button, link, away] = parts;
    Object.assign(this, { words, button, link });
    button.addEventListener("click", () => show().catch(() => location.reload()));
    away.addEventListener("click", () => {
      this.dismissed = this.replies;
      this.turned = "";
      this.draw();
    });
  }

  count(count, isHere, isVague, address) {
    this.replies = isVague ? "New replies" : count === 1 ? "1 new reply" : count ? `${count} new replies` : "";
    Object.assign(this, { isHere, address });
    this.draw();
  }

  turn(isClosed, reload) {
    this.turned = isClosed ? "This thread has closed" : "This thread is open again";
    this.reload = reload;
    this.draw();
  }

  draw() {
    const replies = this.replies === this.dismissed ? "" : this.replies;
    const said = [this.turned, replies].filter(Boolean).join(". ");
    const goes = replies ? this.address : this.turned && this.reload;
    if (this.words.textContent !== said) this.words.textContent = said;
    this.button.hidden = !(replies && this.isHere);
    this.link.hidden = !(goes && this.button.hidden);
    this.link.href = goes || "";
    this.link.textContent = replies ? "Go there" : "Reload";
    this.element.classList.toggle("shown", said !== "");
  }
}

// The form stays as it is, with its text; it says that it cannot be sent, and why.
function block(form, isWarned) {
  if (!isWarned) form.dataset.blocked = "";
  if (!isWarned) form.querySelector(".primary").setAttribute("aria-disabled", "true");
  tell(form, isWarned ? "This thread has closed. You will be asked before your reply is posted all the same." : CLOSED);
}

function unblock(form) {
  delete form.dataset.blocked;
  form.querySelector(".primary").removeAttribute("aria-disabled");
  tell(form, "This thread is open again: your reply can be sent.");
}

function tell(form, words) {
  form.querySelector("[data-status]").textContent = words;
}

export function refuseBlocked(event) {
  if (event.target.dataset.blocked === undefined || event.submitter?.value === "preview") return;
  event.preventDefault();
  event.stopImmediatePropagation();
  tell(event.target, REFUSED);
}

async function drawnAfresh(page) {
  const answer = await fetch(addressOf(page));
  if (!answer.ok) throw new Error(`the page answered ${answer.status}`);
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

function addressOf(page, number) {
  return `${location.pathname}${page > 1 ? `?page=${page}` : ""}${number ? `#reply-${number}` : ""}`;
}

// Change the page above or below the reader without moving what is being read or written.
function steadily(change) {
  const root = document.documentElement;
  const anchor = readAt();
  const top = anchor?.getBoundingClientRect().top;
  root.classList.add("steady");
  const result = change();
  if (anchor?.isConnected) scrollBy({ top: anchor.getBoundingClientRect().top - top, behavior: "instant" });
  requestAnimationFrame(() => root.classList.remove("steady"));
  return result;
}

function readAt() {
  const isInView = (box) => box.bottom > 0 && box.top < innerHeight;
  const at = document.activeElement;
  if (at !== document.body && isInView(at.getBoundingClientRect())) return at;
  const candidates = [...document.querySelectorAll("main :is(article, h2, p, form)")];
  return candidates.find((each) => isInView(each.getBoundingClientRect()));
}

// Put what the server has drawn and this page has not where it belongs: under its parent, in the order of numbers.
function insertReplies(drawn) {
  const isMissing = (article) => !document.getElementById(article.id);
  const added = [...drawn.querySelectorAll("article.reply[id]")].filter(isMissing);
  for (const article of added) article.classList.add("fresh");
  for (const article of added) {
    if (!isMissing(article)) continue; // it came with its parent
    const item = article.closest("li");
    const parent = item.parentElement.closest("li")?.querySelector(":scope > article").id;
    const home = (parent ? document.getElementById(parent) : document.getElementById("thoughts")).parentElement;
    const list = home.querySelector(":scope > .replies") ?? addList(home);
    const next = [...list.children].find((each) => each.value > item.value);
    list.insertBefore(document.importNode(item, true), next ?? null);
  }
  document.getElementById("thoughts").textContent = drawn.getElementById("thoughts").textContent;
  redrawPager(drawn.querySelector(".pager"));
  return added.length ? document.getElementById(added[0].id) : null;
}

function addList(home) {
  const list = document.createElement("ol");
  list.className = "replies";
  home.querySelector(":scope > :is(h2, article)").after(list);
  return list;
}

function redrawPager(drawn) {
  if (!drawn) return;
  const pager = document.importNode(drawn, true);
  const shown = document.querySelector(".pager");
  shown ? shown.replaceWith(pager) : document.getElementById("thoughts").parentElement.append(pager);
}
