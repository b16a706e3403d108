// The service worker: it shows push messages while no page of the site is open, opens what they are about, and tells
// the site when the browser changes its address. It keeps nothing and stands in front of no request.

const NEWS = "/notifications";

function read(data) {
  try {
    return data.json();
  } catch {
    return { title: "There is news", text: "", path: NEWS, tag: "news" };
  }
}

self.addEventListener("push", (event) => {
  const { title, text, path, tag } = read(event.data);
  event.waitUntil(self.registration.showNotification(title, { body: text, tag, data: { path } }));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const wanted = new URL(event.notification.data?.path ?? NEWS, self.location.origin);
  const address = wanted.origin === self.location.origin ? wanted.href : NEWS;
  event.waitUntil(self.clients.openWindow(address));
});

async function renew() {
  const { key } = await (await fetch("/api/v1/me/devices")).json();
  if (!key) return;
  const fresh = await self.registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  const { endpoint, keys } = fresh.toJSON();
  const body = JSON.stringify({ endpoint, keys: { p256dh: keys.p256dh, auth: keys.auth } });
  await fetch("/api/v1/me/devices", { method: "POST", headers: { "Content-Type": "application/json" }, body });
}

self.addEventListener("pushsubscriptionchange", (event) => event.waitUntil(renew()));
