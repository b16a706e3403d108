"""Push messages in a real browser: turned on by a click, shown by the service worker, and a click opens the thread.

Chromium asks its maker's push service for an address when it subscribes, which the tests cannot reach: that one call is
played; everything else, the worker and its messages too, is the browser's own.
"""

import json
import time
from collections.abc import Callable
from typing import Any

from playwright.sync_api import CDPSession, Page, expect

from tests.browser.visitors import Visit, Visitor

KEYS = {
    "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
    "auth": "BTBZMqHH6r4Tts7J_aSIgg",
}
PLAYED = """
PushManager.prototype.subscribe = async function ({ applicationServerKey }) {
  window.asked = applicationServerKey;
  return { toJSON: () => ({ endpoint: "https://push.example/send/chromium", expirationTime: null, keys: %s }) };
};
Notification.requestPermission = async () => window.answer ?? "granted";
"""


def settings_of(visitor: Visitor, played: bool = True) -> Page:
    """The settings page, with the push service played."""
    if played:
        visitor.page.add_init_script(PLAYED % json.dumps(KEYS))
    return visitor.goes("/settings")


def test_push_is_turned_on_by_a_click_and_stopped_by_another(visit: Visit) -> None:
    alice = visit("alice")
    page = settings_of(alice)
    section = page.locator("#push")
    section.get_by_role("button", name="Turn on in this browser").click()
    expect(section.get_by_role("status").filter(has_text="Push is on in this browser.")).to_be_visible()
    expect(section.locator("li")).to_contain_text("this browser")
    (device,) = alice.call("get", "/api/v1/me/devices")["items"]
    assert (device["push_service"], device["current"]) == ("push.example", True)
    section.get_by_role("button", name="Stop push messages").click()
    expect(section).to_contain_text("That browser gets no push messages any more.")
    assert alice.call("get", "/api/v1/me/devices")["items"] == []


def test_a_reader_who_does_not_allow_it_is_told_where_that_can_be_changed(visit: Visit) -> None:
    alice = visit("alice")
    page = settings_of(alice)
    page.evaluate("() => { window.answer = 'denied' }")
    section = page.locator("#push")
    section.get_by_role("button", name="Turn on in this browser").click()
    expect(section.locator("[data-status]")).to_contain_text("does not allow messages from here")
    assert alice.call("get", "/api/v1/me/devices")["items"] == []


def test_a_browser_that_cannot_is_offered_nothing(visit: Visit) -> None:
    alice = visit("alice")
    alice.page.add_init_script("delete window.PushManager")
    section = settings_of(alice, played=False).locator("#push")
    expect(section.locator("[data-status]")).to_have_text("This browser cannot get push messages.")
    expect(section.get_by_role("button", name="Turn on in this browser")).to_be_hidden()


def test_without_scripts_the_page_says_what_is_needed(visit: Visit) -> None:
    section = visit("alice", scripts=False).goes("/settings").locator("#push")
    expect(section).to_contain_text("To turn it on here, allow this site to run scripts.")
    expect(section.get_by_role("button", name="Turn on in this browser")).to_be_hidden()


def shown_in(page: Page) -> list[dict[str, Any]]:
    """The messages that the browser shows now."""
    shown: list[dict[str, Any]] = page.evaluate(
        """async () => (await (await navigator.serviceWorker.ready).getNotifications()).map(
        ({ title, body, tag, data }) => ({ title, body, tag, path: data.path }))"""
    )
    return shown


def until(page: Page, there: Callable[[], bool]) -> None:
    """Wait for something that no locator can see."""
    deadline = time.monotonic() + 60
    while not there():
        assert time.monotonic() < deadline, "it did not happen within a minute"
        page.wait_for_timeout(50)


def registration_of(page: Page, devtools: CDPSession) -> str:
    """The worker's registration, by the browser's own name for it."""
    known: list[str] = []
    devtools.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda told: known.extend(each["registrationId"] for each in told["registrations"]),
    )
    devtools.send("ServiceWorker.enable")
    until(page, lambda: bool(known))
    return known[-1]


def test_the_worker_shows_one_message_for_a_thread_and_opens_what_it_is_about(visit: Visit, site: str) -> None:
    alice = visit("alice")
    alice.context.grant_permissions(["notifications"], origin=site)
    page = settings_of(alice)
    page.locator("#push").get_by_role("button", name="Turn on in this browser").click()
    expect(page.locator("#push li")).to_be_visible()
    devtools = alice.context.new_cdp_session(page)
    registration = {"origin": site, "registrationId": registration_of(page, devtools)}

    def arrives(tag: str, number: int, text: str = "bob replied") -> dict[str, Any]:
        message = {"title": "A map", "text": text, "path": f"/t/1/a-map#reply-{number}", "tag": tag}
        devtools.send("ServiceWorker.deliverPushMessage", {**registration, "data": json.dumps(message)})
        return {"title": "A map", "body": text, "path": message["path"], "tag": tag}

    first = arrives("thread-1", 1)
    until(page, lambda: shown_in(page) == [first])
    second = arrives("thread-1", 2, "<b>bob</b> replied once more")
    until(page, lambda: shown_in(page) == [second])
    arrives("thread-2", 3)
    until(page, lambda: len(shown_in(page)) == 2)
    assert clicked(alice, "thread-1") == f"{site}/t/1/a-map#reply-2"
    assert [message["tag"] for message in shown_in(page)] == ["thread-2"]


def clicked(visitor: Visitor, tag: str) -> str:
    """Click on the message with this tag, as far as a test can: the worker is told, and says what it would open."""
    (worker,) = visitor.context.service_workers
    opened: str = worker.evaluate(
        """async (tag) => {
          const [notification] = await self.registration.getNotifications({ tag });
          let opened;
          self.clients.openWindow = async (address) => { opened = address; };
          self.dispatchEvent(new NotificationEvent("notificationclick", { notification }));
          return opened;
        }""",
        tag,
    )
    return opened
