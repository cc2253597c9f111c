"""What editors do: files waiting to be published, publishing beside what is in service, own lexicon.

`shelf` the waiting files · `preview` what would be read of one · `publisher` one build at a time, in
a process of its own · `accepted` the corpus's own lexicon.
"""
