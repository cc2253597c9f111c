"""The commands of `dutydesk`, one file a group; heavy imports stay inside the functions."""
