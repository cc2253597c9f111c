"""What kind of record a question is answered by, where papers leave the kind out."""

from __future__ import annotations

from dataclasses import replace

import pytest
from queries import query

from assistant.retrieve.priors import Prior, implied_power
from assistant.retrieve.wording import Wording
from index.model import Cell, DutyItem, Locator, PaperKind, PowerKind, Role


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


def row(basis: str) -> DutyItem:
    return DutyItem(
        id="s#1!A1",
        source_id="s",
        locator=Locator(),
        paper=PaperKind.DEPARTMENT_LIST,
        name="违法建设的处罚",
        body="某局",
        role=Role.LEAD,
        places=("1",),
        cells=(Cell("basis", "D2", basis),),
        power=PowerKind.PENALTY,
    )


def test_of_rows_as_near_the_one_that_rests_on_the_law_and_article_named_comes_first() -> None:
    asked = replace(query("违法建设谁来罚"), law="城乡规划法", article="第六十四条")
    prior = Prior(asked, Wording(asked.matter), ("1",))
    of = [
        prior.of(row(basis))
        for basis in (
            "《中华人民共和国城乡规划法》第六十四条：未取得建设工程规划许可证……",
            "《中华人民共和国城乡规划法》第四十条",
            "《中华人民共和国建筑法》第六十四条",
        )
    ]
    assert of == sorted(of, reverse=True)
    assert len(set(of)) == len(of)
    assert prior.reach >= Prior(query("违法建设"), Wording("违法建设"), ()).reach + of[0] - of[2]
