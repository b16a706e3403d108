"""Sample content written for Parley's pictures: an essay with works cited, a lively thread, a list of others."""

from typing import Final

ESSAY_TITLE: Final = "What a map leaves out"
ESSAY: Final = """In the autumn of 1854 a physician drew a street plan of Soho and marked on it, with short \
black bars, the houses in which people had died. The bars stood closest together around one water pump. What he had \
drawn was an argument, and anybody who owned a pair of shoes could check it.[^1]

> A map is never the ground. It is a letter about the ground, written by somebody who wanted something.

We read such letters badly when we take them for the ground itself. Every line that was drawn took the place of one \
that was not, and the second kind leaves no trace on the paper. Three habits help:

1. Ask who **paid** for the survey, and what they meant to do with it.
2. Ask what was *left out*, and whether it was hard to draw or hard to admit.
3. Walk there, if you can.

## Two surveys of one city

Thirty-five years later a shipowner had every street of London coloured by the means of those who lived in it, from \
black to gold. His inspectors walked with policemen, and so they saw what policemen see: the street front, by day.

| Survey | Scale | Whom it does not show |
| --- | --- | --- |
| Snow, 1855 | 30 inches to the mile | people who fetched their water from afar |
| Booth, 1889 | 6 inches to the mile | rooms behind the street front |

Neither man hid this. Both wrote it down, at length, in the text that nobody reprints with the map. A picture travels \
further than its caption.

### What the colours hid

A street got one colour. A court behind it, reached through an arch, got none unless somebody had gone in, and an \
inspector in good boots did not always go in. The families who moved by night, with the rent unpaid, belonged to no \
street at all. On the sheet they are white paper, and white paper looks like nothing to tell.

## Reading the blank

There is a way to read what was not drawn. It begins with the edges: where does the survey stop, and what stood on the \
other side of that road? Then come the dates. A sheet that took three years to draw shows three cities laid over one \
another, and no one of them was ever there. Last come the words. Whoever wrote “waste ground” had an owner in mind; \
those who grazed a goat on it had another word for it, and the map did not ask them.

None of this makes the sheet useless. It makes it a witness, and a witness can be asked. Where two sheets of one place \
disagree, somebody has moved, or somebody has looked away, and you can find out which.

- [x] Find the edges of the sheet, and what lies beyond them
- [x] Find the years in which it was drawn
- [ ] Find one word on it that somebody would have disputed

## What to do on Thursday

Bring one map that you have trusted. It may be a plan of the underground, or the one on your telephone with the blue \
dot in the middle. Then write one page about what it leaves out, and for whom. Do not say that it is wrong. It is a \
letter: say who wrote it, to whom, and what they hoped would happen when it was opened.

[^1]: The pump on the replica's site stands some metres from where the first one stood.
"""

ESSAY_SOURCES: Final = (
    {
        "author": "Booth, Charles, editor", "title": "Labour and Life of the People",
        "container": "Vol. 1, Williams and Norgate", "year": 1889,
    },
    {
        "title": "Charles Booth's London: Poverty Maps and Police Notebooks",
        "container": "London School of Economics", "year": 2016, "url": "https://booth.lse.ac.uk/map",
        "accessed": "2026-11-02",
    },
    {
        "author": "Snow, John", "title": "On the Mode of Communication of Cholera",
        "container": "2nd ed., John Churchill", "year": 1855, "note": "The plan is bound in after page 44",
    },
)  # fmt: skip

ESSAY_TAGS: Final = ["maps", "public health", "history of science"]

THOUGHTS: Final = (
    """The second habit is the hard one. In the archive I work in, what is missing from a map is usually the reason \
it was kept.""",
    """I walked it last spring, with the 1855 plan in my hand. You can do it in twenty minutes, and the bars are where \
the doors are. Thank you for sending us out.""",
)

LIVELY_TITLE: Final = "Should footnotes hang in the margin?"
LIVELY: Final = """On a wide page there is room for them beside the line they belong to. On a telephone there is none, \
and they sink to the foot again.

Is a note still a *margin* note when most readers meet it at the end?"""

# Who says it, what is said, and the number of the reply that is answered (None: the thread itself).
LIVELY_TAGS: Final = ["typography", "reading on paper"]

LIVELY_REPLIES: Final[tuple[tuple[str, str, int | None], ...]] = (
    ("tomasz", "A note that I have to travel to is a note I do not read. Margin, always.", None),
    ("lea", "Then what do you do with one of forty lines? I have seen margins that ate the page.", 1),
    ("tomasz", "A note of forty lines is an **essay** that has not been told so yet.", 2),
    ("ines", "That is going on my wall.\n\n> an essay that has not been told so yet", 3),
    ("lea", "Mine as well. Though the best thing in Gibbon is down there.", 4),
    ("mona", "Readers with a screen reader meet it exactly where the mark stands, and can skip it. "
             "Wherever you *print* it, keep that order.", None),
    ("ines", "So the question is only about eyes. Good: that makes it a smaller question.", 6),
    ("tomasz", "Withdrawn: I had misread the table.", None),
    ("lea", "Leave it, the correction is more useful than the claim was.", 8),
)  # fmt: skip

REACTIONS: Final = (
    ("ines", 0, "thanks"), ("tomasz", 0, "thanks"), ("lea", 1, "agree"), ("ines", 1, "agree"), ("mona", 1, "like"),
    ("mona", 3, "funny"), ("lea", 3, "like"), ("tomasz", 6, "thanks"), ("lea", 6, "thanks"), ("ines", 6, "agree"),
)  # fmt: skip
"""Who says what of which reply to the lively thread (0: of its opening)."""

DRAFT: Final = "The braille edition that I proofread had them at the end of each chapter, and"
"""What one of them has begun to answer there."""

OTHERS: Final[tuple[tuple[str, str, str, list[str]], ...]] = (
    (
        "lea",
        "Reading group: The Periodic Table",
        "We begin with *Argon*. One chapter a week, no homework.",
        ["reading group"],
    ),
    ("mona", "Errata for the autumn reader", "Page 41, line 7: for *casual* read *causal*. Others below, please.", []),
    (
        "tomasz",
        "How do you cite a conversation?",
        "With a date, a place and a name? With permission, certainly.",
        ["citation", "typography"],
    ),
    ("ines", "A good word for “deadline” that is not about death", "In Polish it is simply *termin*.", []),
)
AWAY: Final = (
    "My neighbour two doors down still says “thee”, and she is not from the north at all.",
    "Whoever believes that has not opened a dictionary since school, and it shows in every line.",
)
AWAY_BECAUSE: Final = "Please write about the question, and not about people."
APPEAL: Final = "She told me I may say so, and nobody could know from this who she is."
CONTACT: Final = "The library’s ombudsperson, room 12, or ombud@reading.example"
"""Two replies that a moderator hid, why, what their author says against it, and where else he may turn."""

PEOPLE: Final = (
    ("ines", "Ines Okafor", "member"),
    ("tomasz", "Tomasz Wolny", "member"),
    ("lea", "Lea Brandt", "member"),
    ("mona", "Mona Reyes", "moderator"),
    ("ada", "Ada Lindqvist", "admin"),
)
