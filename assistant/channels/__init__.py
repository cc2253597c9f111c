"""Messaging platforms: one text in, one right, cited text out.

`wecom` 企业微信应用 · `wecom_bot` 企业微信智能机器人 · `wechat` 公众号 · `dingtalk` 钉钉 · `feishu` 飞书,
each a thin adapter over `desk`, the flow that all share: message → command or question → `Answer` →
`layout` within the platform's bytes. `gate` keeps forgeries and replays out, `memory` remembers
who asks from where, `work_order` hands over to 12345, `checks` says what is set wrong.
"""
