"""Each rule on papers made for it: what it must find, and what looks like it and is not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

import pytest

from index.audit import RULES, Papers
from index.audit.alarm import Alarm
from index.catalog import Contents
from index.documents import Document
from index.gazetteer import Gazetteer
from index.institutions.collect import collect_bodies
from index.institutions.graph import Institutions
from index.model import (
    Cell,
    Clause,
    ClauseKind,
    DutyItem,
    Level,
    Locator,
    PaperKind,
    Place,
    PowerKind,
    Reform,
    Role,
    SourceDocument,
)

ON = date(2025, 6, 1)
COUNTY = Place("330101", "清源县", "清源县", Level.COUNTY)
TOWNS = {
    name: Place(f"33010110{n}", name, f"清源县{name}", Level.TOWNSHIP, COUNTY.code)
    for n, name in enumerate(("甲镇", "乙镇"))
}
PLACES = (COUNTY, *TOWNS.values())
BY_RULE: dict[str, Callable[[Papers], Iterator[Alarm]]] = {rule.code: rule.find for rule in RULES}


class Desk:
    """Writes small papers, one row or clause at a time."""

    def __init__(self) -> None:
        self.sources: dict[str, SourceDocument] = {}
        self.items: list[DutyItem] = []
        self.clauses: list[Clause] = []
        self.reforms: list[Reform] = []

    def row(self, body: str, name: str, **facts: object) -> DutyItem:
        """A row of a department's list."""
        return self._row(PaperKind.DEPARTMENT_LIST, body, COUNTY, name, facts)

    def duty(self, town: str, name: str, **facts: object) -> DutyItem:
        """A row of a township's basic duties."""
        return self._township(PaperKind.BASIC_DUTIES, town, name, facts)

    def listed(self, town: str, name: str, **facts: object) -> DutyItem:
        """A row of a township's list of powers."""
        return self._township(PaperKind.TOWNSHIP_LIST, town, name, facts)

    def helps(self, town: str, lead: str, name: str, **facts: object) -> DutyItem:
        """A matter that a township helps with."""
        facts = {"role": Role.COOPERATING, "counterpart": lead} | facts
        return self._township(PaperKind.COOPERATION_DUTIES, town, name, facts)

    def taken(self, town: str, receiver: str, name: str, **facts: object) -> DutyItem:
        """A matter taken back from a township."""
        facts = {"role": Role.WITHDRAWN, "counterpart": receiver} | facts
        return self._township(PaperKind.WITHDRAWN_DUTIES, town, name, facts)

    def hands(self, towns: str, name: str, **facts: object) -> DutyItem:
        """A county power handed to townships."""
        places = tuple(p.code for p in TOWNS.values() if p.name in towns)
        facts = {"role": Role.DELEGATED, "counterpart": "清源县民政局", "places": places} | facts
        facts["recipients"] = facts.get("recipients", towns)
        return self._row(PaperKind.DELEGATION_CATALOG, "清源县人民政府", COUNTY, name, facts)

    def clause(self, body: str, kind: ClauseKind, text: str, **facts: object) -> Clause:
        """A clause of a body's 三定 provision."""
        paper = (
            PaperKind.REFORM_NOTICE if kind is ClauseKind.REFORM else PaperKind.DEPARTMENT_PROVISION
        )
        source = self._source(paper, body, COUNTY)
        number = len(self.clauses) + 1
        clause = Clause(
            id=f"{source.id}#第{number}条",
            source_id=source.id,
            locator=Locator(article=f"第{number}条"),
            kind=kind,
            body=body,
            place=COUNTY.code,
            text=text,
            **facts,
        )
        self.clauses.append(clause)
        return clause

    def reform(self, old: str, new: str, how: str, on: date) -> None:
        notice = self.clause("清源县委编委", ClauseKind.REFORM, f"{old}{how}{new}")
        self.reforms.append(Reform(old, new, how, on, notice.id))

    def found(self, rule: str) -> list[str]:
        """Messages of a rule over all that was written."""
        return [alarm.message for alarm in BY_RULE[rule](self.papers()) if alarm.rule == rule]

    def papers(self) -> Papers:
        places = Gazetteer(PLACES)
        items, clauses, reforms = tuple(self.items), tuple(self.clauses), tuple(self.reforms)
        sources = tuple(self.sources.values())
        contents = Contents(sources, items, clauses, reforms, PLACES, ())
        bodies = collect_bodies(contents, (), places)
        return Papers(
            on=ON,
            sources=self.sources,
            items=items,
            clauses=clauses,
            reforms=reforms,
            places=places,
            institutions=Institutions(bodies, reforms, places),
            document=lambda source_id: Document("none", ()),
        )

    def _township(self, kind: PaperKind, town: str, name: str, facts: dict) -> DutyItem:
        return self._row(kind, f"清源县{town}人民政府", TOWNS[town], name, facts)

    def _row(self, kind: PaperKind, body: str, place: Place, name: str, facts: dict) -> DutyItem:
        source = self._source(kind, body, place, facts.pop("list", ""))
        fields = ("basis", "remark", "recipients", "level", "power")
        texts = {"name": name} | {f: facts.pop(f) for f in fields if f in facts and f != "power"}
        power = facts.get("power")
        texts["power"] = power.value if isinstance(power, PowerKind) else "其他行政权力"
        number = len(self.items) + 1
        item = DutyItem(
            id=f"{source.id}#{number}",
            source_id=source.id,
            locator=Locator(sheet="清单", row=number, cells=f"A{number}:F{number}"),
            paper=kind,
            name=name,
            cells=tuple(Cell(f, f"A{number}", text) for f, text in texts.items() if text),
            **({"body": body, "role": Role.LEAD, "places": (place.code,)} | facts),
        )
        self.items.append(item)
        return item

    def _source(self, kind: PaperKind, body: str, place: Place, part: str = "") -> SourceDocument:
        name = f"{body}{kind.value}{part}"
        source = SourceDocument(
            name,
            f"{name}.xlsx",
            "",
            name,
            kind,
            place.code,
            body=body,
            effective_on=date(2025, 1, 1),
        )
        return self.sources.setdefault(name, source)


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_two_departments_that_list_one_matter_both_claim_it(desk: Desk) -> None:
    desk.row("清源县水利局", "河道采砂许可")
    desk.row("清源县自然资源局", "河道采砂 许可")
    assert len(desk.found("two_holders")) == 1


def test_a_matter_divided_by_its_own_remark_has_no_two_holders(desk: Desk) -> None:
    desk.row("清源县水利局", "水事纠纷调解", remark="与自然资源局按职责分工负责")
    desk.row("清源县自然资源局", "水事纠纷调解")
    desk.row("清源县水利局", "取水许可")
    desk.row("清源县自然资源局", "采矿许可")
    assert desk.found("two_holders") == []


def test_a_duty_that_no_list_mentions_is_a_gap(desk: Desk) -> None:
    desk.row("清源县水利局", "取水许可")
    desk.clause("清源县水利局", ClauseKind.DUTY, "（一）负责取水许可，审批水工程建设方案。")
    desk.clause("清源县水利局", ClauseKind.DUTY, "（二）负责温泉地热资源的开采登记。")
    desk.clause("清源县水利局", ClauseKind.DUTY, "（三）指导全县节约用水和水文化宣传工作。")
    (message,) = [m for m in desk.found("provision_duty_without_row") if "温泉" in m]
    assert "清源县水利局" in message
    assert not any(
        "节约用水" in m or "取水许可" in m for m in desk.found("provision_duty_without_row")
    )


def test_boundaries_that_give_one_thing_to_each_other_contradict(desk: Desk) -> None:
    both = ("清源县水利局", "清源县林业局")
    head = "与{}关于湿地的有关职责分工。"
    desk.clause(
        both[0],
        ClauseKind.BOUNDARY,
        head.format(both[1]) + "河道内湿地公园的日常巡护，由县林业局牵头负责。",
        bodies=both,
    )
    desk.clause(
        both[1],
        ClauseKind.BOUNDARY,
        head.format(both[0]) + "河道内湿地公园的日常巡护，由县水利局牵头负责。",
        bodies=both,
    )
    assert len(desk.found("boundary_contradiction")) == 1


def test_boundaries_that_say_the_same_in_other_words_agree(desk: Desk) -> None:
    both = ("清源县水利局", "清源县林业局")
    text = "河道内湿地公园的日常巡护，由县林业局{}；县水利局负责河道行洪和水量调度。"
    for body, verb in zip(both, ("牵头负责", "负责"), strict=True):
        desk.clause(
            body, ClauseKind.BOUNDARY, f"关于湿地的职责分工。{text.format(verb)}", bodies=both
        )
    assert desk.found("boundary_contradiction") == []


def test_a_lead_whose_list_says_the_township_does_it_is_no_lead(desk: Desk) -> None:
    desk.row("清源县农业农村局", "农机登记", remark="微耕机由乡镇人民政府登记管理")
    desk.helps("甲镇", "清源县农业农村局", "微耕机登记管理")
    desk.helps("甲镇", "清源县农业农村局", "拖拉机安全检查")
    assert len(desk.found("lead_swapped")) == 1


def test_a_receiver_whose_list_is_loaded_must_have_the_matter(desk: Desk) -> None:
    desk.row("清源县水利局", "取水许可")
    desk.row("清源县交通运输局", "农村公路桥梁检测")
    desk.taken("甲镇", "清源县水利局", "农村公路桥梁检测")
    desk.taken("甲镇", "清源县水利局", "取水许可初审")
    desk.taken("甲镇", "清源县文化局", "网吧巡查")  # its list is not loaded: nothing can be said
    (message,) = desk.found("receiver_without_row")
    assert "农村公路桥梁检测" in message


def test_renamed_and_abolished_bodies_are_told_apart(desk: Desk) -> None:
    desk.reform("清源县城市管理局", "清源县综合执法局", "更名", date(2024, 3, 1))
    desk.reform("清源县扶贫办公室", "清源县农业农村局", "并入", date(2024, 3, 1))
    desk.reform("清源县水利局", "清源县应急管理局", "划转", date(2024, 3, 1))
    desk.helps("甲镇", "清源县城市管理局", "占道经营整治")
    desk.helps("甲镇", "清源县扶贫办公室", "监测户走访")
    desk.helps("甲镇", "清源县水利局", "防汛值守")  # handed over some duties, is still there
    assert len(desk.found("body_renamed")) == 1
    assert len(desk.found("body_abolished")) == 1


def test_a_reform_after_the_day_asked_about_counts_for_nothing(desk: Desk) -> None:
    desk.reform("清源县城市管理局", "清源县综合执法局", "更名", date(2025, 9, 1))
    desk.helps("甲镇", "清源县城市管理局", "占道经营整治")
    assert desk.found("body_renamed") == []


def test_an_institution_holds_no_power_unless_something_says_so(desk: Desk) -> None:
    holder = {"body": "清源县甲镇便民服务中心", "body_as_written": "便民服务中心"}
    desk.listed("甲镇", "生育登记", **holder)
    desk.listed("甲镇", "社保参保登记", **holder, remark="受县社会保险中心委托办理")
    desk.listed("甲镇", "宅基地审批", body_as_written="清源县甲镇人民政府")
    assert len(desk.found("institution_as_holder")) == 1


def test_an_office_that_the_provision_does_not_name_is_wrong(desk: Desk) -> None:
    desk.clause(
        "清源县民政局", ClauseKind.OFFICE, "（一）社会救助股。承担低保。", office="社会救助股"
    )
    desk.row("清源县民政局", "低保审核确认", office="社会救助股")
    desk.row("清源县民政局", "婚姻登记", office="社会事务股")
    desk.row("清源县民政局", "信访答复", office="局机关各股室")
    desk.row("清源县水利局", "取水许可", office="水政股")  # no provision of this body is loaded
    (message,) = desk.found("office_not_in_provision")
    assert "社会事务股" in message


@pytest.mark.parametrize(
    ("basis", "is_wrong"),
    [
        ("", True),
        ("县政府第三次常务会议纪要", True),
        ("《社会救助暂行办法》第四十八条", False),
        ("《省人民政府关于扩大乡镇权限的决定》", False),
        ("国发〔2015〕52号", False),
    ],
)
def test_a_delegation_needs_a_mandate(desk: Desk, basis: str, is_wrong: bool) -> None:
    desk.hands("甲镇、乙镇", "临时救助审批", basis=basis, role=Role.ENTRUSTED)
    assert bool(desk.found("delegation_without_mandate")) is is_wrong


def test_a_delegation_to_a_township_that_is_gone(desk: Desk) -> None:
    desk.reform("清源县丙镇人民政府", "清源县丙街道办事处", "撤镇设街道", date(2023, 1, 1))
    desk.hands("甲镇", "占道处罚", recipients="甲镇、丙镇")
    desk.hands("甲镇", "噪声处罚")
    assert len(desk.found("delegation_to_abolished_township")) == 1


def test_delegated_and_taken_back_needs_the_same_act(desk: Desk) -> None:
    desk.hands("甲镇、乙镇", "高龄津贴审定")
    desk.taken("甲镇", "清源县民政局", "高龄津贴审定")
    desk.taken("乙镇", "清源县民政局", "高龄津贴申请受理")
    assert len(desk.found("delegated_and_taken_back")) == 1


def test_a_duty_whose_power_went_to_others_only(desk: Desk) -> None:
    desk.hands("乙镇", "最低生活保障审核确认")
    desk.duty("甲镇", "负责最低生活保障的审核确认和动态管理")
    desk.duty("乙镇", "负责最低生活保障的审核确认和动态管理")
    desk.duty("甲镇", "受理最低生活保障申请并提出初审意见")
    assert len(desk.found("duty_without_delegation")) == 1


def test_own_and_taken_back_only_if_not_older(desk: Desk) -> None:
    new, old = date(2025, 1, 1), date(2022, 1, 1)
    desk.taken("甲镇", "清源县民政局", "高龄津贴申请受理、初审", valid_from=new)
    desk.listed("甲镇", "高龄津贴申请受理、初审", valid_from=old)
    assert desk.found("own_and_taken_back") == []
    desk.duty("甲镇", "受理高龄津贴申请并提出初审意见，关爱老年人", valid_from=new)
    assert len(desk.found("own_and_taken_back")) == 1


def test_own_and_cooperating_needs_the_same_thing(desk: Desk) -> None:
    desk.duty("甲镇", "负责农村危房改造")
    desk.duty("甲镇", "落实林长制，开展护林巡护和森林火灾预防")
    desk.helps("甲镇", "清源县住建局", "农村危房改造")
    desk.helps("甲镇", "清源县林业局", "森林防火")
    assert len(desk.found("own_and_cooperating")) == 1


def test_rows_that_a_level_or_a_sub_item_tells_apart_are_not_twice_listed(desk: Desk) -> None:
    desk.row("清源县水利局", "取水许可", level="市级")
    desk.row("清源县水利局", "取水许可", level="县级")
    desk.row("清源县水利局", "采砂许可", sub_item="新办")
    desk.row("清源县水利局", "采砂许可", sub_item="变更")
    assert desk.found("listed_twice") == []
    desk.row("清源县水利局", "取水　许可", level="县级")
    assert len(desk.found("listed_twice")) == 1


def test_a_gap_in_a_kept_column_is_a_slip_and_an_unused_column_is_none(desk: Desk) -> None:
    for name in ("取水许可", "采砂许可", "水保审批"):
        desk.row("清源县水利局", name, basis="《水法》")
        desk.row("清源县林业局", name)
    desk.row("清源县水利局", "水事裁决", basis="—")
    (message,) = desk.found("basis_missing")
    assert "水事裁决" in message


def test_a_repealed_law_counts_from_the_day_of_its_repeal(desk: Desk) -> None:
    desk.row("清源县住建局", "业委会备案", basis="【法律】《中华人民共和国物权法》第七十五条")
    desk.row("清源县住建局", "物业备案", basis="【法律】《中华人民共和国民法典》第二百七十八条")
    desk.row("清源县税务局", "税款核定", basis="《中华人民共和国增值税暂行条例》第一条")  # 2026
    (message,) = desk.found("law_repealed")
    assert "业委会备案" in message
