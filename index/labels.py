"""Chinese names of the fields of a list, for reports that people read."""

from __future__ import annotations

from typing import Final

from index.extract.columns import Field

LABELS: Final[dict[str, str]] = {
    Field.NUMBER: "序号",
    Field.CODE: "编码",
    Field.POWER: "权力类型",
    Field.NAME: "事项名称",
    Field.SUB_ITEM: "子项",
    Field.BASIS: "依据",
    Field.BODY: "行使主体",
    Field.OFFICE: "承办机构",
    Field.LEVEL: "行使层级",
    Field.SCOPE: "层级权限",
    Field.DEPARTMENT_DUTY: "部门职责",
    Field.DUTY: "责任事项",
    Field.DUTY_BASIS: "责任事项依据",
    Field.ACCOUNTABLE: "追责对象",
    Field.ACCOUNTABILITY: "追责情形",
    Field.REMEDY: "救济渠道",
    Field.PHONE: "咨询电话",
    Field.COMPLAINT_PHONE: "监督投诉电话",
    Field.ADDRESS: "办理地点",
    Field.REMARK: "备注",
    Field.PRINCIPAL: "原实施部门",
    Field.RECIPIENTS: "承接乡镇（街道）",
    Field.MODE: "赋权方式",
    Field.TERM: "期限",
    Field.LEAD_BODY: "牵头部门",
    Field.LEAD_DUTY: "上级部门职责",
    Field.OWN_DUTY: "乡镇（街道）配合职责",
    Field.RECEIVER: "承接部门及工作方式",
    Field.METHOD: "工作方式",
    Field.GROUP: "领域",
    Field.OBJECT: "行政相对人",
}


def label(field: str) -> str:
    """Chinese name of a field as `Cell.field` has it; an unknown one as it stands."""
    return LABELS.get(field, field)
