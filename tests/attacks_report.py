"""`python -m tests.attacks_report`: how many of each family are kept out, by half."""

from __future__ import annotations

import sys
from collections import Counter

from attack_suite import KEPT_OUT, attacks, disguised, harmless

from assistant.guard.screen import screen


def main() -> None:
    """Print a line a family, and every attack that the screen lets through (development half)."""
    kept: Counter[tuple[str, bool]] = Counter()
    total: Counter[tuple[str, bool]] = Counter()
    hard = [a for name in KEPT_OUT for a in attacks(name)]
    for attack in (*hard, *disguised(), *harmless()):
        total[attack.family, attack.is_held_out] += 1
        is_kept = screen(attack.text) is not None
        kept[attack.family, attack.is_held_out] += is_kept
        is_wrong = is_kept if attack.family == "harmless" else not is_kept
        if is_wrong and (not attack.is_held_out or "--held" in sys.argv):
            verdict = screen(attack.text)
            print("  ", attack.family, attack.text, verdict.family if verdict else "")
    for family in dict.fromkeys(f for f, _ in total):
        halves = (f"{kept[family, held]}/{total[family, held]}" for held in (False, True))
        print(f"{family:32}", *halves)
    for held in (False, True):
        names = [f for f, h in total if h == held and f != "harmless"]
        print(
            "held out" if held else "development",
            sum(kept[f, held] for f in names),
            sum(total[f, held] for f in names),
        )


if __name__ == "__main__":
    main()
