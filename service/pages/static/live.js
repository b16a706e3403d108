// What happens in a thread while it is open in front of somebody: "2 new replies", "This thread has closed". News come
// as server-sent events or, where those do not get through, by asking now and then. Nothing moves under the reader's
// eyes: news are announced at the foot of the window, and "Show" puts new replies where the server would have put them.

import { Edited, KINDS, refuseBlocked, Thread } from "./live_thread.js";

const POLL = 30_000; // ms between questions where no stream gets through
const POLLS = 10; // questions until the stream is tried again
const TRIES = 3; // failures of the stream in a row until we ask instead
const SILENCE = 20_000; // ms without the stream's first word: something on the way holds it back
const AWAY = 30_000; // ms in a hidden tab until its stream is let go: a browser has six connections for all its tabs

export function follow(template) {
  const { events, position, edits } = template.dataset;
  const link = new Link(events, Number(position), edits ? new Edited(template) : new Thread(template));
  document.addEventListener("visibilitychange", () => (document.hidden ? link.rest(AWAY) : link.start()));
  addEventListener("pagehide", () => link.stop());
  addEventListener("pageshow", (event) => event.persisted && link.start());
  document.addEventListener("submit", refuseBlocked, true);
  link.start();
}

// The way to the server: a stream that is taken up where it broke off, or questions in its place.
class Link {
  failures = 0;
  questions = 0;

  constructor(url, position, thread) {
    Object.assign(this, { url, position, thread });
  }

  start() {
    clearTimeout(this.resting);
    if (this.isRunning || this.isOver) return;
    this.isRunning = true;
    this.go();
  }

  rest(after) {
    this.resting = setTimeout(() => this.stop(), after);
  }

  stop() {
    for (const timer of [this.resting, this.next, this.doubt]) clearTimeout(timer);
    this.source?.close();
    this.isRunning = false;
  }

  go() {
    this.failures < TRIES ? this.listen() : this.ask();
  }

  listen() {
    const source = (this.source = new EventSource(`${this.url}?after=${this.position}`));
    const receive = (message) => this.receive(message);
    for (const kind of KINDS) source.addEventListener(kind, receive);
    source.addEventListener("error", () => {
      this.failures += 1;
      if (source.readyState === EventSource.CLOSED || this.failures >= TRIES) this.askInstead();
    });
    this.doubt = setTimeout(() => this.askInstead(), SILENCE);
  }

  askInstead() {
    clearTimeout(this.doubt);
    this.source.close();
    this.failures = TRIES;
    if (this.isRunning) this.ask();
  }

  receive(message) {
    clearTimeout(this.doubt);
    this.failures = 0;
    if (message.lastEventId) this.position = Number(message.lastEventId);
    const said = JSON.parse(message.data);
    if (said.kind) this.thread.hear(said);
    else if (said.thread) this.thread.stand(said, message.type === "reset");
    this.thread.announce();
  }

  async ask() {
    const headers = { Accept: "application/json" };
    const answer = await fetch(`${this.url}?after=${this.position}&limit=100`, { headers }).catch(() => null);
    let wait = POLL;
    if (answer?.ok) {
      const page = await answer.json();
      for (const event of page.items) this.thread.hear(event);
      this.thread.stand(page, page.reset);
      this.thread.announce();
      this.position = page.position;
      wait = page.next ? 0 : POLL;
    } else if (answer?.status === 404) {
      this.isOver = true; // the thread is not there any more, for this reader
    } else if (answer) {
      wait = Math.max(POLL, 1000 * Number(answer.headers.get("Retry-After")));
    }
    if (!this.isRunning || this.isOver) return;
    this.questions += 1;
    if (this.questions % POLLS === 0) this.failures = TRIES - 1;
    this.next = setTimeout(() => this.go(), wait);
  }
}
