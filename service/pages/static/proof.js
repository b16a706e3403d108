// A small computation that a form asks of the browser while somebody types: a counter whose SHA-256 (FIPS 180-4) with
// the form's own key begins with so many zero bits. Nobody notices one; who sends thousands does. Done in slices, so
// that typing never waits for it, and without Web Crypto, which browsers keep from sites without https.

const K = [], H = [];
for (let n = 2; K.length < 64; n += 1) {
  let prime = true;
  for (let d = 2; d * d <= n; d += 1) if (n % d === 0) { prime = false; break; }
  if (!prime) continue;
  if (H.length < 8) H.push((Math.sqrt(n) * 2 ** 32) | 0);
  K.push((Math.cbrt(n) * 2 ** 32) | 0);
}
const turn = (x, n) => (x >>> n) | (x << (32 - n));
function firstWord(text) { // of the digest of at most 55 bytes of ASCII: one block
  const w = new Int32Array(64);
  for (let i = 0; i < text.length; i += 1) w[i >> 2] |= text.charCodeAt(i) << (24 - 8 * (i & 3));
  w[text.length >> 2] |= 0x80 << (24 - 8 * (text.length & 3));
  w[15] = text.length * 8;
  for (let i = 16; i < 64; i += 1) {
    const a = w[i - 15], b = w[i - 2];
    w[i] = (turn(a, 7) ^ turn(a, 18) ^ (a >>> 3)) + w[i - 7] + (turn(b, 17) ^ turn(b, 19) ^ (b >>> 10)) + w[i - 16];
  }
  let [a, b, c, d, e, f, g, h] = H;
  for (let i = 0; i < 64; i += 1) {
    const x = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + K[i] + w[i]) | 0;
    const y = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g; g = f; f = e; e = (d + x) | 0; d = c; c = b; b = a; a = (x + y) | 0;
  }
  return (a + H[0]) >>> 0;
}
function compute(key, bits, found) {
  let counter = 0;
  const slice = () => {
    const end = performance.now() + 8;
    do {
      if (Math.clz32(firstWord(`${key}:${counter}`)) >= bits) return found(String(counter));
      counter += 1;
    } while (counter % 64 || performance.now() < end);
    return setTimeout(slice, 8);
  };
  slice();
}

// The computation begins with the first touch of the form; who sends it sooner than it ends waits for the rest.
export function proveWork(field) {
  const { form } = field;
  let waiting = null;
  const begin = () => compute(form.elements.namedItem("idempotency_key").value, Number(field.dataset.bits), (counter) => {
    field.value = counter;
    if (waiting) form.requestSubmit(waiting.submitter);
  });
  form.addEventListener("focusin", begin, { once: true });
  form.addEventListener("submit", (event) => {
    if (field.value) return;
    event.preventDefault();
    waiting = { submitter: event.submitter };
  });
}
