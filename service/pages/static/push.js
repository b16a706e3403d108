// Push messages, on the settings page: turned on by its button, in this browser, which is asked for leave only then.

const section = document.querySelector("[data-push-key]");
const key = section?.dataset.pushKey;
const button = section?.querySelector("[data-push]");
const words = section?.querySelector("[data-status]");

const able = "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;

function packed(buffer) {
  const text = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

// This browser's subscription with the site's present key; one with an older key takes no messages any more.
async function subscribed(registration) {
  const subscription = await registration?.pushManager.getSubscription();
  const its = subscription?.options.applicationServerKey;
  return subscription && (!its || packed(its) === key) ? subscription : null;
}

async function subscribe() {
  await navigator.serviceWorker.register("/push-worker.js");
  const registration = await navigator.serviceWorker.ready;
  const there = await subscribed(registration);
  if (there) return there;
  await (await registration.pushManager.getSubscription())?.unsubscribe();
  return registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
}

async function tell(subscription) {
  const { endpoint, keys } = subscription.toJSON();
  const answer = await fetch("/api/v1/me/devices", {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json" },
    body: JSON.stringify({ endpoint, keys: { p256dh: keys.p256dh, auth: keys.auth } }),
  });
  if (!answer.ok) throw new Error((await answer.json()).detail);
}

async function turnOn() {
  button.disabled = true;
  words.textContent = "Asking this browser …";
  try {
    if ((await Notification.requestPermission()) !== "granted") {
      words.textContent = "This browser does not allow messages from here. Its settings for this site can change that.";
      return;
    }
    await tell(await subscribe());
    location.assign("/settings?saved=push#push");
  } catch (error) {
    words.textContent = `Push could not be turned on: ${error.message}`;
  } finally {
    button.disabled = false;
  }
}

// The button is there where pressing it changes something: not where this browser is in the list and still subscribed.
async function offer() {
  if (!able) {
    words.textContent = "This browser cannot get push messages.";
    return;
  }
  words.textContent = "";
  const registration = await navigator.serviceWorker.getRegistration("/");
  const on = section.dataset.pushHere && Notification.permission === "granted" && (await subscribed(registration));
  button.hidden = Boolean(on);
  button.addEventListener("click", turnOn);
}

if (section) offer();
