"""What a run measures, part by part; each fills the record of its stage.

    embedded    one process on SQLite: start, rest, pages, replies, memory     clients     cost against clients
    hot         readers of a thread with 1,000 replies a minute
    postgresql  replies there                                                  processes   1 and 1 … 4 and 4
    size        threads of 100 to 1,000,000 replies                            telling     one reply to many people
    streams     5,000 readers of the live stream                               visit       a page over the wire
    peers       other programs

Nothing here judges: budgets are compared in `bench.report`.
"""
