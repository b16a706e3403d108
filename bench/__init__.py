"""The benchmarks behind `make bench`: the real server, one core of its own, beside a calibration.

    __main__     arguments, the course of a run      works        what is measured, and each one's budget
    servers      start, pin, weigh and stop them     seed         the data set, always the same texts
    load         our own load generator              wrk          the one of Debian, where it is installed
    measure      rounds, medians, ratios             table        how it is printed
    calibration  bare uvicorn and static bytes

Machines are shared and differ: quote ratios to the calibration and CPU milliseconds, never requests per second alone.
"""
