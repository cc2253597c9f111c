"""What kind of record a question is answered by, where papers leave the kind out."""

from __future__ import annotations

import pytest

from assistant.retrieve.priors import implied_power
from index.model import PowerKind


@pytest.mark.parametrize(
    ("name", "power"),
    [
        ("对夜间违法施工产生噪声的处罚", PowerKind.PENALTY),
        ("违规建造坟墓整治", PowerKind.PENALTY),
        ("养老机构监督管理", PowerKind.INSPECTION),
        ("违法建筑的强制拆除", PowerKind.COERCION),
        ("农村村民宅基地审批", None),
        ("养老机构备案和监督检查", None),
        ("农村供水工程运行管理", None),
    ],
)
def test_a_name_says_what_kind_of_power_it_is_where_the_paper_has_no_column(
    name: str, power: PowerKind | None
) -> None:
    assert implied_power(name) is power
