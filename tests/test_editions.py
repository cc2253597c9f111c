"""Editions: which paper ends which, from when, and what stays in force."""

from __future__ import annotations

from datetime import date

import pytest
from running_text import document_of

from index.editions import close_editions, close_rows
from index.extract.abolitions import abolished_papers
from index.model import DutyItem, Locator, PaperKind, Reform, Role, SourceDocument


def paper(name: str, **facts: object) -> SourceDocument:
    given = {
        "file": f"{name}.xlsx",
        "sha256": "",
        "title": name,
        "kind": PaperKind.DEPARTMENT_LIST,
        "place": "990121",
        "body": "清源县水利局",
    }
    return SourceDocument(id=f"{name}{facts}", **(given | facts))


def ends(*papers: SourceDocument, reforms: tuple[Reform, ...] = ()) -> list[str | None]:
    return [str(p.expires_on) if p.expires_on else None for p in close_editions(papers, reforms)]


OLD = paper("清源县水利局权责清单（2021年版）", effective_on=date(2021, 6, 1), year=2021)
NEW = paper("清源县水利局权责清单（2024年版）", effective_on=date(2024, 7, 1), year=2024)


def test_a_newer_edition_ends_the_older_the_day_before_it_starts() -> None:
    assert ends(OLD, NEW) == ["2024-06-30", None]
    assert ends(NEW, OLD) == [None, "2024-06-30"]


def test_three_editions_end_one_after_another() -> None:
    middle = paper("清源县水利局权责清单（2023年版）", year=2023)
    assert ends(NEW, OLD, middle) == [None, "2022-12-31", "2024-06-30"]


@pytest.mark.parametrize(
    "title",
    [
        "附件：清源县水利局2024年权责清单",
        "清源县水利局权力和责任清单（2024年修订）",
        "清源县水利局行政权力和责任清单（动态调整后）",
        "清源县水利局（清源县河长制办公室）权责清单公示",
    ],
)
def test_one_list_is_known_under_its_many_titles(title: str) -> None:
    assert ends(OLD, paper(title, effective_on=date(2024, 7, 1)))[0] == "2024-06-30"


def test_lists_of_other_kinds_places_and_bodies_end_nothing() -> None:
    for facts in (
        {"kind": PaperKind.TOWNSHIP_LIST},
        {"place": "990122"},
        {"body": "清源县林业局"},
    ):
        assert ends(OLD, paper(NEW.title, effective_on=date(2024, 7, 1), **facts)) == [None, None]


def test_papers_of_the_same_day_both_stand_unless_one_was_published_later() -> None:
    same_day = paper("清源县水利局权责清单", effective_on=OLD.effective_on, year=2021)
    assert ends(OLD, same_day) == [None, None]
    corrected = paper(OLD.title, effective_on=date(2021, 6, 1), published_on=date(2021, 6, 20))
    assert ends(OLD, corrected) == ["2021-05-31", None]


def test_a_paper_without_any_date_neither_ends_nor_is_ended() -> None:
    assert ends(OLD, paper("清源县水利局权责清单")) == [None, None]


def test_an_earlier_expiry_of_its_own_stands() -> None:
    term = paper(OLD.title, effective_on=date(2021, 6, 1), expires_on=date(2023, 5, 31))
    assert ends(term, NEW) == ["2023-05-31", None]


def test_a_supplement_leaves_the_list_in_force() -> None:
    more = paper("清源县水利局权责清单（2024年补充）", effective_on=date(2024, 7, 1))
    second = paper("清源县水利局权责清单（第二批）", effective_on=date(2024, 7, 1))
    assert ends(OLD, more, second) == [None, None, None]


def test_the_list_of_an_heir_ends_that_of_the_body_it_took_over() -> None:
    renamed = Reform("清源县水利局", "清源县水务局", "更名", date(2023, 1, 1), "")
    heir = paper(
        "清源县水务局权责清单（2024年版）", effective_on=date(2024, 7, 1), body="清源县水务局"
    )
    assert ends(OLD, heir) == [None, None]
    assert ends(OLD, heir, reforms=(renamed,)) == ["2024-06-30", None]


def test_a_plate_in_brackets_makes_no_other_body() -> None:
    plated = paper(NEW.title, effective_on=date(2024, 7, 1), body="清源县水利局（河长办）")
    assert ends(OLD, plated) == ["2024-06-30", None]


def test_an_heirs_list_from_before_the_reform_ends_nothing() -> None:
    joined = Reform("清源县水利局", "清源县农业局", "并入", date(2024, 12, 1), "")
    other = paper(
        "清源县农业局权责清单（2024年版）", effective_on=date(2024, 7, 1), body="清源县农业局"
    )
    assert ends(OLD, other, reforms=(joined,)) == [None, None]


def test_a_transfer_of_some_duties_makes_no_heir() -> None:
    part = Reform("清源县水利局", "清源县应急管理局", "划转", date(2022, 1, 1), "")
    other = paper(
        "清源县应急管理局权责清单", effective_on=date(2024, 7, 1), body="清源县应急管理局"
    )
    assert ends(OLD, other, reforms=(part,)) == [None, None]


@pytest.mark.parametrize(
    "named",
    [OLD.file, "清水〔2021〕3号", "《清源县水利局权责清单（2021年版）》"],
    ids=["file", "number", "title"],
)
def test_replaces_names_a_paper_by_file_number_or_title(named: str) -> None:
    older = paper(OLD.title, effective_on=date(2021, 6, 1), document_number="清水〔2021〕3号")
    newer = paper("清源县水利事项总目录", effective_on=date(2024, 7, 1), replaces=(named,))
    assert ends(older, newer) == ["2024-06-30", None]


def test_an_equal_title_elsewhere_is_not_meant() -> None:
    elsewhere = paper(OLD.title, effective_on=date(2021, 6, 1), place="990122")
    newer = paper("清源县水利事项总目录", effective_on=date(2024, 7, 1), replaces=(OLD.title,))
    assert ends(elsewhere, newer) == [None, None]


def row(source: SourceDocument, name: str) -> DutyItem:
    return DutyItem(
        id=f"{source.id}#{name}",
        source_id=source.id,
        locator=Locator(),
        paper=source.kind,
        name=name,
        body=source.body,
        role=Role.LEAD,
        places=(source.place,),
        cells=(),
        valid_from=source.effective_on,
    )


def test_a_row_that_a_supplement_states_anew_ends_in_the_older_list() -> None:
    more = paper("清源县水利局权责清单部分事项调整表", effective_on=date(2024, 7, 1))
    rows = (row(OLD, "取水许可"), row(OLD, "河道采砂许可"), row(more, "取水 许可"))
    closed = close_rows(rows, (OLD, more))
    assert [str(item.valid_to) for item in closed] == ["2024-06-30", "None", "None"]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (
            "本目录自2024年7月1日起施行，《清源县赋权目录（2022年版）》（清政发〔2022〕11号）同时废止。",
            ("清源县赋权目录（2022年版）", "清政发〔2022〕11号"),
        ),
        (
            "自印发之日起施行。《甲办法（试行）》《乙县乙清单》同时废止",
            ("甲办法（试行）", "乙县乙清单"),
        ),
        ("清政发〔2019〕3号文件停止执行。", ("清政发〔2019〕3号",)),
        ("依据《某某审查办法》已废止，待清理。", ()),
        ("负责审核《采矿许可证》，许可证到期失效的注销。", ()),
        ("本规定自2024年1月1日起施行。", ()),
    ],
)
def test_a_papers_last_words_name_what_it_ends(text: str, named: tuple[str, ...]) -> None:
    assert abolished_papers(document_of(text)) == named
