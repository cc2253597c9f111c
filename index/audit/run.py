"""All rules in the order of the report, and running them over the papers in force."""

from __future__ import annotations

from collections.abc import Iterator

from index.audit.alarm import Alarm, Rule
from index.audit.bases import delegations_without_mandate, repealed_laws
from index.audit.bodies import (
    abolished_bodies,
    delegated_to_gone_townships,
    institutions_as_holders,
    offices_not_in_provision,
    renamed_bodies,
)
from index.audit.boundaries import boundary_contradictions
from index.audit.claims import (
    duties_without_row,
    leads_swapped,
    receivers_without_row,
    two_holders,
)
from index.audit.papers import Papers
from index.audit.rows import (
    listed_twice,
    missing_basis,
    missing_others,
    missing_power,
    wrong_counts,
)
from index.audit.townships import (
    delegated_and_taken_back,
    duty_without_delegation,
    own_and_cooperating,
    own_and_taken_back,
)

RULES = (
    Rule(
        "two_holders",
        "一事两家",
        "请两部门会商，按“三定”确定由谁行使，另一家从清单移除或注明分工。",
        two_holders,
    ),
    Rule(
        "provision_duty_without_row",
        "“三定”有职责、清单没有",
        "请该部门补列清单，或说明为什么不列。",
        duties_without_row,
    ),
    Rule(
        "boundary_contradiction",
        "职责分工互相矛盾",
        "请编办裁定由谁牵头，并修订两份“三定”。",
        boundary_contradictions,
    ),
    Rule("lead_swapped", "牵头与配合写反", "请核对由谁牵头，修改其中一份清单。", leads_swapped),
    Rule(
        "receiver_without_row",
        "收回后无人承接",
        "请承接部门补列，或更正承接部门。",
        receivers_without_row,
    ),
    Rule("body_renamed", "部门已更名", "请把清单里的部门改为现名。", renamed_bodies),
    Rule("body_abolished", "部门已撤并", "请改为承接其职责的部门。", abolished_bodies),
    Rule(
        "institution_as_holder",
        "事业单位作行使主体",
        "请改为机关，或补上授权、委托的依据。",
        institutions_as_holders,
    ),
    Rule(
        "office_not_in_provision",
        "承办机构不在“三定”里",
        "请按“三定”更正承办机构。",
        offices_not_in_provision,
    ),
    Rule(
        "delegation_without_mandate",
        "赋权、委托没有依据",
        "请补上法律、法规、规章或省级决定，没有的应停止委托。",
        delegations_without_mandate,
    ),
    Rule(
        "delegation_to_abolished_township",
        "赋权给已撤销的乡镇",
        "请改为现在的乡镇（街道）并重新办理委托。",
        delegated_to_gone_townships,
    ),
    Rule(
        "delegated_and_taken_back",
        "既赋权又收回",
        "请确认现在由谁行使，修改目录或收回清单。",
        delegated_and_taken_back,
    ),
    Rule(
        "duty_without_delegation",
        "没有赋权却列为本级职责",
        "请补办赋权，或从乡镇清单移除。",
        duty_without_delegation,
    ),
    Rule("own_and_taken_back", "既列职责又收回", "请从其中一张清单移除。", own_and_taken_back),
    Rule(
        "own_and_cooperating", "既主责又配合", "请确定主责还是配合，只留一处。", own_and_cooperating
    ),
    Rule("law_repealed", "依据已废止", "请改引现行规定，没有的应取消事项。", repealed_laws),
    Rule("listed_twice", "同一清单重复列", "请合并或删除重复的行。", listed_twice),
    Rule("basis_missing", "缺依据", "请补上设定依据。", missing_basis),
    Rule("power_missing", "缺权力类型", "请补上权力类型。", missing_power),
    Rule("field_missing", "缺必填栏", "请补上空缺的栏目。", missing_others),
    Rule("count_in_title_wrong", "标题项数不符", "请核对项数，更正标题或补列事项。", wrong_counts),
)


def audit(papers: Papers) -> Iterator[Alarm]:
    """Every alarm, rule by rule, in the order of the papers."""
    for rule in RULES:
        yield from rule.find(papers)
