"""Reading a page as a person without scripts does: its texts, its links, and its forms, to be filled and sent."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode

import httpx

VOID = {"meta", "link", "input", "br", "hr", "img", "path"}


@dataclass
class Element:
    """One element: its attributes, its children (elements and texts), and where it stands."""

    tag: str
    attributes: dict[str, str]
    parent: "Element | None" = None
    children: list["Element | str"] = field(default_factory=list)

    def all(self, tag: str = "", **attributes: str) -> list["Element"]:
        """Every element below with this tag and these attributes (`class_` matches one of the classes)."""
        found = []
        for child in self.children:
            if isinstance(child, Element):
                if child.fits(tag, attributes):
                    found.append(child)
                found += child.all(tag, **attributes)
        return found

    def fits(self, tag: str, attributes: dict[str, str]) -> bool:
        """Whether this element has the tag and the attributes."""
        for name, value in attributes.items():
            name = name.rstrip("_").replace("_", "-")
            if name == "class":
                if value not in self.attributes.get("class", "").split():
                    return False
            elif self.attributes.get(name) != value:
                return False
        return not tag or self.tag == tag

    def one(self, tag: str = "", **attributes: str) -> "Element":
        """The only such element."""
        found = self.all(tag, **attributes)
        assert len(found) == 1, f"{len(found)} elements <{tag} {attributes}>"
        return found[0]

    @property
    def text(self) -> str:
        """The words, with single blanks."""
        return " ".join(self.raw.split())

    @property
    def raw(self) -> str:
        """The words as they stand."""
        return "".join(child if isinstance(child, str) else child.raw for child in self.children)


class Reader(HTMLParser):
    """Builds the tree. An end tag that closes nothing is an error: our pages are well formed."""

    def __init__(self) -> None:
        super().__init__()
        self.root = self.here = Element("document", {})

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Go in."""
        element = Element(tag, {name: value or "" for name, value in attrs}, self.here)
        self.here.children.append(element)
        if tag not in VOID:
            self.here = element

    def handle_endtag(self, tag: str) -> None:
        """Go out."""
        if tag in VOID:
            return
        assert self.here.tag == tag, f"</{tag}> inside <{self.here.tag}>"
        assert self.here.parent is not None
        self.here = self.here.parent

    def handle_data(self, data: str) -> None:
        """A text. A line end right after <textarea> is not part of it (HTML 13.1.2.5)."""
        if self.here.tag == "textarea" and not self.here.children:
            data = data.removeprefix("\n")
        self.here.children.append(data)


def parse(html: str) -> Element:
    """The page as a tree; every element is closed."""
    reader = Reader()
    reader.feed(html)
    reader.close()
    assert reader.here is reader.root, f"<{reader.here.tag}> is never closed"
    return reader.root


def values_of(form: Element) -> dict[str, str]:
    """What the form would send as it stands, without a button."""
    values = {}
    for control in [*form.all("input"), *form.all("textarea"), *form.all("select")]:
        name, kind = control.attributes.get("name"), control.attributes.get("type")
        if not name or (kind in ("checkbox", "radio") and "checked" not in control.attributes):
            continue
        values[name] = _value(control)
    return values


def _value(control: Element) -> str:
    if control.tag == "textarea":
        return control.raw
    if control.tag == "select":
        chosen = [option for option in control.all("option") if "selected" in option.attributes]
        return (chosen or control.all("option"))[0].attributes["value"]
    return control.attributes.get("value", "on" if control.attributes.get("type") == "checkbox" else "")


def button_of(page: Element, words: str) -> tuple[Element, Element]:
    """The form and the button with this label (or these words)."""
    for form in page.all("form"):
        for button in form.all("button"):
            if words in (button.text, button.attributes.get("aria-label")):
                return form, button
    raise AssertionError(f"no button says {words!r}")


async def press(client: httpx.AsyncClient, shown: httpx.Response, words: str, **typed: str) -> httpx.Response:
    """Fill in what is typed and press the button; the answer, redirects not followed."""
    form, button = button_of(parse(shown.text), words)
    values = values_of(form)
    for name, value in typed.items():
        assert name in values or form.all("input", name=name), f"the form has no field {name!r}"
        values[name] = value
    if "name" in button.attributes:
        values[button.attributes["name"]] = button.attributes["value"]
    target = shown.url.join(form.attributes.get("action", "").partition("#")[0] or str(shown.url))
    return await client.post(target, content=urlencode(values), headers=FORM)


FORM = {"Content-Type": "application/x-www-form-urlencoded"}


async def follow(client: httpx.AsyncClient, answer: httpx.Response) -> httpx.Response:
    """The page that a 303 leads to."""
    assert answer.status_code == 303, f"{answer.status_code}: {parse(answer.text).text[:400]}"
    return await client.get(answer.url.join(answer.headers["location"]))
