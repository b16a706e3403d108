"""Sealed numbers: only what this secret sealed for this purpose is unsealed."""

import pytest

from service.kit.signing import seal, unseal

pytestmark = pytest.mark.no_database
SECRET = "a secret of the site"
TOKEN = seal(SECRET, "unsubscribe", 12, 345)


def test_what_was_sealed_comes_back() -> None:
    assert TOKEN.startswith("12.345.")
    assert len(TOKEN.rpartition(".")[2]) == 32
    assert unseal(SECRET, "unsubscribe", TOKEN) == (12, 345)
    assert unseal(SECRET, "x", seal(SECRET, "x", 2**63 - 1)) == (2**63 - 1,)


def test_every_character_counts() -> None:
    for place, character in enumerate(TOKEN):
        for other in "A1.":
            if other != character:
                assert unseal(SECRET, "unsubscribe", TOKEN[:place] + other + TOKEN[place + 1 :]) is None


@pytest.mark.parametrize(
    "token",
    ["", ".", "12.345", "12.345.", f"{TOKEN}=", f"{TOKEN}\n", f" {TOKEN}", f"0{TOKEN}", TOKEN.upper(), f"{TOKEN}.1",
     TOKEN.replace("12.345", "12.346"), TOKEN.replace("12.345", "345.12"), TOKEN.replace("12.345", "12345"),
     TOKEN.replace("12.345", "१२.345"), "x" * 10_000, "1." * 5_000, "\x00", "é" * 32, f"12.345.{'é' * 32}"],
)  # fmt: skip
def test_what_was_not_sealed_is_nothing(token: str) -> None:
    assert unseal(SECRET, "unsubscribe", token) is None


def test_another_secret_or_purpose_is_another_seal() -> None:
    assert unseal("another secret", "unsubscribe", TOKEN) is None
    assert unseal(SECRET, "confirm", TOKEN) is None
    assert seal(SECRET, "unsubscribe", 1, 2) != seal(SECRET, "unsubscribe", 12)
