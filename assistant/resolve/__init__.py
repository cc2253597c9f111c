"""Who is responsible, by DOMAIN's rules; one file a rule, pure over the catalog.

`matter` which rows speak of one matter · `roles` place, date and role · `offices` the internal
office · `succession` old bodies and institutions · `boundary` A or B · `profile` what a body is
and does · `history` what changed · `absence` not listed, or not loaded.
"""
