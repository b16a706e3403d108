// A reply that is being written is kept on the server ten seconds after its last change, and when the page is left.

const REST = 10_000; // ms without a key

// Which text counts: the one that this browser has stored, or the one that the server has drawn into the page?
// `saved` is when the server's was kept ("": it has none), `now` the server's time when it drew the page.
export function serverIsNewer({ saved, now }, marks) {
  if (!marks) return Boolean(saved); // stored before drafts were kept on the server
  if (marks.clean) return true; // this very text was there: what is there now, or nothing, came after it
  if (!saved) return false;
  if (Date.parse(saved) === Date.parse(marks.kept ?? "")) return false; // nobody else has changed it
  const [drawn] = performance.getEntriesByType("navigation");
  const ahead = Date.parse(now) - performance.timeOrigin - (drawn?.responseStart ?? 0);
  return Date.parse(saved) > marks.at + ahead;
}

export class Door {
  isLeaving = false;

  // `note(kept, body)` is told when the server has kept a text, and which.
  constructor(form, note) {
    Object.assign(this, { form, note });
    addEventListener("pageshow", () => (this.isLeaving = false));
  }

  changed() {
    clearTimeout(this.resting);
    this.resting = setTimeout(() => this.keep(), REST);
  }

  async keep(more = {}) {
    clearTimeout(this.resting);
    this.resting = undefined;
    const { body, parent } = this.form.elements;
    const text = body.value;
    const typed = parent ? { body: text, parent: Number(parent.value) } : { body: text };
    const headers = { "Content-Type": "application/json" };
    const init = { method: "PUT", headers, body: JSON.stringify(typed), ...more };
    const answer = await fetch(this.form.dataset.door, init).catch(() => null); // the browser's own copy is there
    if (!answer?.ok || this.isLeaving) return;
    const kept = answer.status === 200 ? (await answer.json()).updated_at : "";
    this.form.dataset.saved = kept;
    if (text.trim()) this.note(kept, text);
  }

  // The form is sent, unless another script holds it back: then it is written on.
  leaves(event) {
    const isPending = this.resting !== undefined;
    this.close();
    setTimeout(() => {
      if (!event.defaultPrevented) return;
      this.isLeaving = false;
      if (isPending) this.changed();
    });
  }

  hides() {
    if (this.resting !== undefined && !this.isLeaving) this.keep({ keepalive: true });
  }

  discard() {
    clearTimeout(this.resting);
    this.resting = undefined;
    if (this.form.dataset.saved) fetch(this.form.dataset.door, { method: "DELETE" }).catch(() => {});
    this.form.dataset.saved = "";
  }

  close() {
    clearTimeout(this.resting);
    this.resting = undefined;
    this.isLeaving = true;
  }
}
