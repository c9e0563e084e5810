"""The model run over any response log: fitted on the train people, judged on the test people.

`read_log` checks and encodes the rows, `replay` fits and predicts. Nothing here reads or writes files.
"""

from engine.replay.log import MalformedRow, ResponseLog, read_log
from engine.replay.run import Replay, predicted_rows, replay

__all__ = ["MalformedRow", "Replay", "ResponseLog", "predicted_rows", "read_log", "replay"]
