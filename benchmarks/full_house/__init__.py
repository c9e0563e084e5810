"""Everybody sits a mock at the same time, against real processes: `python -m benchmarks.full_house`.

`wire` sends requests as a router does, `browser` is one person's exam room page, `crowd` is everybody's timetable,
`people` makes them, `machine` watches the processes, `proof` compares what was acknowledged with what is stored,
`ledger` counts. `__main__` tells what can be asked for.
"""
