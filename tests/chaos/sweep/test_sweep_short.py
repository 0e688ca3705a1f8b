"""The run of `make sweep` in a few seconds: 24 pictures, and the faster ComfyUI killed halfway and started again."""

import sys

from tests.chaos.run import own_folder
from tests.chaos.sweep.run import run
from tests.chaos.sweep.size import Size


async def test_every_picture_is_made_once_though_a_machine_is_killed_in_the_middle() -> None:
    with own_folder() as folder:
        findings = await run(Size((2, 3, 4), fast=0.05, slow=0.1, kill="back", bars=False, workers=1), folder)
    sys.stdout.write(findings.table())
    assert findings.violations == []
