"""screening: whether a post is shown.

Words: *moderation* (the state of a post), *transition* (one step between two states), *rule* (a row that posts pass),
*verdict* (what happens to a post that is submitted: published at once, held, taken for spam, rejected, refused),
*backtest* (a trial of rules on earlier posts). Invariants: every change of a post's moderation goes through
`policy.transition`, in the same transaction as the counters and the event that follow from it; a rule holds from the
next post on, in every process; each of its versions is kept; a backtest writes its own row and nothing else.
"""
