"""`/mod/rules` and its pages: a rule is drawn up, tried on earlier posts, read about and switched on, all by forms."""

import httpx
import pytest

from service.screening.policy import TERMS
from tests.build import a_reply, a_thread
from tests.cast import Person
from tests.pages.reading import Element, follow, parse, press
from tests.screening.doing import HERE as API
from tests.screening.doing import make
from tests.working import Jobs

pytestmark = pytest.mark.anyio
HERE = "/mod/rules"
KINDS = tuple(TERMS)


def lines(page: Element) -> dict[str, Element]:
    """The rules of the list by their names."""
    return {line.one("h3").text: line for line in page.one("ol", class_="lines").all("li")}


def errors(answer: httpx.Response) -> list[str]:
    """What a refused form says of its fields."""
    return [each.text for each in parse(answer.text).all("span", class_="wrong")]


async def test_a_rule_goes_from_its_form_over_a_trial_to_being_on(
    client: httpx.AsyncClient, alice: Person, bob: Person, mona: Person, jobs: Jobs
) -> None:
    for browser, status in ((client, 303), (alice.client, 403)):
        for path in (HERE, f"{HERE}/new", f"{HERE}/1", f"{HERE}/backtests/1"):
            assert (await browser.get(path)).status_code == status, path
    thread = await a_thread(by=alice)
    for body in ("Loaded <dice>.", "Salt.", "Dice & cards."):
        await a_reply(bob, thread, body)
    listed = await mona.get(HERE)
    assert parse(listed.text).one("nav", aria_label="Site").all("a", href=HERE)
    assert lines(parse(listed.text)).keys() >= {"The same text twice", "Links in first posts"}

    form = await mona.get(f"{HERE}/new?kind=words")
    wrong = await press(mona.client, form, "Try on the last 5,000 posts", name="", lines="/(/", only_first_posts="x")
    assert wrong.status_code == 422
    found = errors(wrong)
    assert len(found) == 3, found
    assert "line 1 is no expression" in found[1].lower()
    assert parse(wrong.text).one("textarea", id="lines").raw.strip() == "/(/"
    typed = {"name": "Dice", "lines": "dice\n~lamp", "public_reason": "Please wait.", "only_first_posts": ""}
    waiting = await follow(mona.client, await press(mona.client, wrong, "Try on the last 5,000 posts", **typed))
    run = parse(waiting.text).one("section", id="run")
    assert run.attributes["data-run"] == "running"
    assert run.one("progress").attributes["max"] == "100"
    await jobs()
    report = await mona.get(waiting.url.path)
    run = parse(report.text).one("section", id="run")
    assert run.attributes["data-run"] == "done"
    table = [[cell.text for cell in row.children if not isinstance(cell, str)] for row in run.all("tr")]
    assert table == [["Posts", "held", "let through"], ["all", "2", "2"], ["nobody decided", "2", "2"]]
    assert [mark.text for mark in run.all("mark")] == ["Dice", "dice"]
    assert run.all("p", class_="excerpt")[1].text == "Loaded <dice>."

    back = next(link for link in run.all("a") if link.text == "Change it, and try again")
    again = parse((await mona.get(back.attributes["href"])).text)
    assert again.one("textarea", id="lines").raw.strip() == "dice\n~lamp"
    on = await follow(mona.client, await press(mona.client, report, "Make this rule and switch it on"))
    assert parse(on.text).one("div", role="status").text == "The rule is on."
    line = lines(parse(on.text))["Dice"]
    assert "no hits in 30 days" in line.text
    assert "Holds posts in which one of 2 lines is found (title or text)." in line.text
    assert "“Dice” is on, and does what was tried." in (await mona.get(waiting.url.path)).text
    rule = next(each for each in (await mona.get(f"{API}?limit=100")).json()["items"] if each["name"] == "Dice")
    assert (rule["enabled"], rule["public_reason"]) == (True, "Please wait.")


async def test_a_rule_that_is_on_is_changed_after_a_trial_or_knowingly(mona: Person, ada: Person, jobs: Jobs) -> None:
    rule = await make(mona, enabled=True, confirm=True)
    form = await mona.get(f"{HERE}/{rule['id']}")
    refused = await press(mona.client, form, "Save", lines="dice")
    assert refused.status_code == 409
    assert "has not been tried on earlier posts" in parse(refused.text).one("div", role="alert").text
    tried = await follow(mona.client, await press(mona.client, refused, "Try on the last 5,000 posts"))
    await jobs()
    report = await mona.get(tried.url.path)
    await press(mona.client, report, "Let the rule do this from now on")
    stored = (await mona.get(f"{API}/{rule['id']}")).json()
    assert (stored["terms"]["lines"], stored["enabled"], stored["version"]) == (["dice"], True, 2)
    stale = await press(mona.client, form, "Save", name="Old")
    assert stale.status_code == 412
    saved = await press(mona.client, await mona.get(f"{HERE}/{rule['id']}"), "Save", lines="cards", confirm="on")
    assert saved.headers["location"] == f"{HERE}?done=saved#rules"
    listed = await follow(mona.client, saved)
    off = await follow(ada.client, await press(ada.client, listed, "Switch off: Casinos"))
    assert "off" in lines(parse(off.text))["Casinos"].one("span", class_="stamp").text
    deleted = await press(mona.client, await mona.get(f"{HERE}/{rule['id']}"), "Delete this rule")
    assert "Casinos" not in lines(parse((await follow(mona.client, deleted)).text))


async def test_every_kind_has_a_form_whose_fields_come_back_as_they_were(mona: Person) -> None:
    assert (await mona.get(f"{HERE}/new?kind=dice")).status_code == 404
    typed = {
        "words": {"lines": "a\nb"}, "addresses": {"networks": "192.0.2.7\n2001:db8::/32"},
        "account_age": {"younger_than": "1.5"}, "external": {"url": "https://screen.example/"},
        "links": {"least": "3", "only_first_posts": "4"}, "duplicate": {"window": "5"},
    }  # fmt: skip
    for kind in KINDS:
        shown = await mona.get(f"{HERE}/new?kind={kind}")
        made = await press(mona.client, shown, "Make this rule", name=kind, **typed.get(kind, {}))
        assert made.status_code in (200, 303), (kind, errors(made))
        assert ("whsec_" in made.text) == (kind == "external")
    stored = {each["name"]: each for each in (await mona.get(f"{API}?limit=100")).json()["items"]}
    assert stored["account_age"]["terms"] == {"younger_than": "P1DT12H"}
    assert stored["addresses"]["terms"]["networks"] == ["192.0.2.7/32", "2001:db8::/32"]
    for kind in KINDS:
        assert not stored[kind]["enabled"]
        form = await mona.get(f"{HERE}/{stored[kind]['id']}")
        assert "whsec_" not in form.text
        assert (await press(mona.client, form, "Save")).status_code == 303, kind
        after = (await mona.get(f"{API}/{stored[kind]['id']}")).json()
        assert after == stored[kind], f"{kind}: what was not touched stays, and makes no version"
    form = await mona.get(f"{HERE}/{stored['external']['id']}")
    moved = await press(mona.client, form, "Save", url="https://other.example/")
    assert "whsec_" in moved.text, "another host gets a secret of its own, which is shown once"
    listed = lines(parse((await mona.get(HERE)).text))
    assert listed["flood"].one("button").text == "Switch on"
    assert listed["words"].one("button").text == "Try it"
    blind = await press(mona.client, await mona.get(HERE), "Switch on: flood")
    assert blind.headers["location"] == f"{HERE}?done=on#rules"
