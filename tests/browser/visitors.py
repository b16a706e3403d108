"""People with a browser of their own."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import BrowserContext, ConsoleMessage, Dialog, Page

PASSWORD = "correct horse battery staple"
REFUSALS = ("status of 401", "status of 403", "status of 404", "status of 409", "status of 412", "status of 422")
"""What Chromium writes to the console for a refused form; that is the answer a test asked for."""


class Visitor:
    """Somebody with a browser of their own; `page` is its open tab. `remarks` collects what went wrong in it."""

    def __init__(self, site: str, context: BrowserContext) -> None:
        self.site = site
        self.context = context
        self.username = ""
        self.remarks: list[str] = []
        self.page = self.tab()

    def tab(self) -> Page:
        """Another tab of the same browser."""
        page = self.context.new_page()
        page.on("console", self._listen)
        page.on("pageerror", lambda error: self.remarks.append(f"script: {error}"))
        page.on("dialog", self._refuse)
        return page

    def _refuse(self, dialog: Dialog) -> None:
        self.remarks.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _listen(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not any(words in message.text for words in REFUSALS):
            self.remarks.append(f"console: {message.text}")

    def register(self, username: str) -> None:
        """Make an account over the API and sign in."""
        self.call("post", "/api/v1/accounts", username=username, email=f"{username}@example.org", password=PASSWORD)
        self.enter(username)

    def enter(self, username: str) -> None:
        """Sign in over the API; the browser has the cookie."""
        self.call("post", "/api/v1/sessions", login=username, password=PASSWORD)
        self.username = username

    def call(self, method: str, path: str, **body: Any) -> Any:
        """Ask the JSON API as this person; the answer as JSON."""
        answer = self.context.request.fetch(path, method=method, data=body or None)
        assert answer.ok, f"{method} {path}: {answer.status} {answer.text()}"
        return answer.json() if answer.text() else None

    def opens(self, title: str = "What a map leaves out", body: str = "Who *paid* for it?", **more: Any) -> Any:
        """Open a thread over the API."""
        return self.call("post", "/api/v1/threads", title=title, body=body, **more)

    def replies(self, thread: Any, body: str = "The people.", **more: Any) -> Any:
        """Reply over the API."""
        return self.call("post", f"/api/v1/threads/{thread['id']}/replies", body=body, **more)

    def goes(self, path: str) -> Page:
        """Open a page of the site in the tab."""
        self.page.goto(path)
        return self.page


Visit = Callable[..., Visitor]
