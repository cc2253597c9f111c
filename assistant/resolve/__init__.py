"""Who is responsible, by DOMAIN's rules; one file a rule, pure over the catalog.

`matter` which rows speak of one matter · `roles` place, date and role · `offices` the internal
office · `institutions` old bodies, 事业单位 · `boundary` A or B · `at_place` these for one place · `agreement`
do places agree? · `profile` what a body is and does · `listing` rows of a place or law ·
`reforms` what became of a body · `history` who held a matter when · `absence` not listed, or not loaded.
"""
