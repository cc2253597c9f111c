"""What a header cell means: a dozen published names for each column → one field."""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum


class Field(StrEnum):
    """A column of a list; the value is the name used in `Cell.field`."""

    NUMBER = "number"
    CODE = "code"
    POWER = "power"
    NAME = "name"
    SUB_ITEM = "sub_item"
    BASIS = "basis"
    BODY = "body"
    OFFICE = "office"
    LEVEL = "level"
    SCOPE = "scope"
    DEPARTMENT_DUTY = "department_duty"
    DUTY = "duty"
    DUTY_BASIS = "duty_basis"
    ACCOUNTABLE = "accountable"
    ACCOUNTABILITY = "accountability"
    REMEDY = "remedy"
    PHONE = "phone"
    REMARK = "remark"
    PRINCIPAL = "principal"
    RECIPIENTS = "recipients"
    MODE = "mode"
    TERM = "term"
    LEAD_BODY = "lead_body"
    LEAD_DUTY = "lead_duty"
    OWN_DUTY = "own_duty"
    RECEIVER = "receiver"
    METHOD = "method"
    GROUP = "group"
    OBJECT = "object"


# In order: the first pattern that matches the whole squeezed header wins. A township word before
# a noun (乡镇, 街道) makes the duty its own; a superior word (上级, 县级, 牵头) makes it the lead's.
_TOWNSHIP = r"(?:乡镇(?:[（(]街道[)）])?|街道|镇街|镇办|乡街|基层|本级)"
_SUPERIOR = r"(?:对应|相关|有关)?(?:上级|县级|县直|市级|区级|市直|牵头|主管|对口)"
_PATTERNS: tuple[tuple[Field, str], ...] = (
    (Field.NUMBER, r"序号?|编号|项数|总序号?|序列号?|no\.?"),
    (Field.CODE, r".*(?:编码|代码|编号)"),
    (Field.DUTY_BASIS, r"(?:责任|追责)(?:事项)?(?:的)?(?:设定|履行)?依据|履责依据"),
    (Field.TERM, r".*(?:有效期|期限|起止|实施时间|赋权时间|委托时间).*"),
    (Field.RECIPIENTS, rf"(?:承接|赋予|赋权|下放|受委托|受托|放权|承办)(?:的)?{_TOWNSHIP}.*"),
    (Field.RECIPIENTS, r"(?:承接|赋权|受委托|受托|下放|放权)(?:主体|对象|单位|机关|范围|乡镇.*)"),
    (Field.PRINCIPAL, r"(?:原)(?:实施|行使|主管|职权|权力|责任|承办)?(?:部门|主体|机关|单位|层级)"),
    (Field.PRINCIPAL, r"(?:委托|赋权|下放|放权|授权|移交)(?:部门|主体|机关|单位|方)"),
    (Field.MODE, r"(?:赋权|下放|放权|承接|委托|行使|移交|实施)(?:方式|形式|模式)"),
    (
        Field.RECEIVER,
        r"(?:承接|收回|接收|收回后)(?:的)?(?:上级|责任|主管|县级|县直)*(?:部门|单位|机关|主体).*",
    ),
    (Field.METHOD, r"(?:具体)?工作方式|(?:部门)?履职方式|承接方式|工作措施"),
    (Field.LEAD_DUTY, rf"{_SUPERIOR}(?:部门|单位|机关).*?(?:职责|责任|任务|分工)"),
    (Field.OWN_DUTY, rf".*(?:配合|协助|{_TOWNSHIP}).*?(?:职责|责任|任务|内容|工作)"),
    (Field.LEAD_BODY, rf"{_SUPERIOR}(?:业务|行业|责任|职能)?(?:部门|单位|机关)(?:名称)?"),
    (Field.DEPARTMENT_DUTY, r"(?:部门|单位|主要|法定)职责|职责(?:内容|定位|描述)?"),
    (Field.ACCOUNTABLE, r"追责对象(?:及)?(?:范围)?|问责对象.*"),
    (Field.ACCOUNTABILITY, r"(?:追责|问责)(?:情形|内容|情况|事由).*|追责|责任追究.*"),
    (Field.REMEDY, r"(?:救[助济]|权利救济|复议|监督).*(?:渠道|途径|方式)|救济|监督方式"),
    (Field.PHONE, r".*(?:电话|联系方式)"),
    (Field.SUB_ITEM, r".*(?:子项|小项|细项|分项|办理项).*|业务办理项.*"),
    (Field.BASIS, r".*(?:设定|实施|法律|法定|行使|权力|职权|处罚|政策|履职|主要|事项)?依据.*"),
    (Field.LEVEL, r".*(?:层级|级别|权限).*"),
    (
        Field.OFFICE,
        r"(?:具体)?(?:承办|责任|内设|经办|实施|办理|行使|牵头)(?:的)?(?:机构|科室|股室|处室|站所|部门科室|内设机构).*",
    ),
    (Field.OFFICE, r"(?:承办|经办)(?:单位|部门|主体)|(?:科室|股室|处室|站所)(?:名称)?"),
    (
        Field.BODY,
        r"(?:行使|实施|责任|执法|职权|权力|主管|履职|执行|事项)*(?:主体|机关|部门|单位)(?:名称)?",
    ),
    (Field.POWER, r".*(?:权力|职权|事项|权责|权限|行政权力|清单)?(?:类型|类别|种类|性质|分类)"),
    (Field.DUTY, r"(?:直接)?责任事项(?:内容|清单)?|对应责任(?:事项|内容)?"),
    (
        Field.NAME,
        r"(?:行政|职权|权力|权责|事项|项目|履职|赋权|下放|配合|收回|委托|承接|基本|主项|处罚|许可)*(?:事项|职权|权力|项目|名称|事权|清单)(?:名称|内容)?",
    ),
    (Field.NAME, r"(?:乡镇)?(?:配合)?履职事项(?:名称|内容)?|主项(?:名称)?"),
    (
        Field.DUTY,
        r"(?:直接)?(?:责任|履职|对应|职责)(?:事项)?(?:内容|责任|清单)?|(?:责任|职责|履职)(?:事项|要求|内容).*",
    ),
    (Field.OBJECT, r"(?:行政相对人|服务对象|实施对象|检查对象).*"),
    (Field.GROUP, r"(?:领域|行业|业务|事项)(?:领域|分类|类别)?|大类|类"),
    (Field.REMARK, r"备注.*|说明|其他"),
)
_COMPILED = tuple((field, re.compile(pattern, re.IGNORECASE)) for field, pattern in _PATTERNS)
_NOISE = re.compile(r"[\s　:：*＊]+")
_BRACKETED = re.compile(r"[（(【\[].*?[)）】\]]")


def squeeze(text: str) -> str:
    """A header without line breaks, spaces and full-width forms."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", text))


def field_of(header: str) -> Field | None:
    """The field that a header cell names, or None for a cell that is no known header.

    Tried as it stands, then without what is in brackets ("事项名称（主项）"). Longer texts are data.
    """
    squeezed = squeeze(header)
    if not squeezed or len(squeezed) > _LONGEST_HEADER:
        return None
    bare = _BRACKETED.sub("", squeezed)
    for text in dict.fromkeys((squeezed, bare)):
        for field, pattern in _COMPILED:
            if pattern.fullmatch(text):
                return field
    return None


# "上级部门职责分工（牵头部门主要承担的工作）" is about as long as headers get.
_LONGEST_HEADER = 24
