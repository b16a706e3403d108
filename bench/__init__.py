"""The benchmarks behind `make bench`: the real server, one core of its own, beside a calibration.

    __main__     arguments, the course of a run      budgets      every bound, and which figure it is about
    servers      start, pin, weigh and stop them     stage        what every part is given
    parts        what is measured, part by part      works        what is driven
    seed         the data set, always the same       filling      large ones, made by the database itself
    load         our own load generator              wrk          the one of Debian, where it is installed
    measure      rounds, medians, ratios             record       what a run found
    calibration  bare uvicorn and static bytes       report       tables, and docs/performance.md
    peers        other programs beside               plots        pictures
    capacity     what machines carry: docs/scale.md

Machines are shared and differ: quote ratios to the calibration and CPU milliseconds, never requests per second alone.
"""
