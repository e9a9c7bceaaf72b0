"""Lines of a benchmark's table, goals beside their figures."""

from benchmarks.peers.world import Score


class Report:
    """What was printed, and how many goals were missed."""

    def __init__(self) -> None:
        self.missed = 0

    def row(self, name: str, score: Score, *against: tuple[Score, float | None]) -> None:
        """One engine; each peer with the ratio wanted of it, None for information."""
        cells = [f"{name:<34}{score.rate:>12,.0f}"]
        for peer, goal in against:
            ratio = score.rate / peer.rate
            cells.append(f"{ratio:>9.1f}x" + self.judged(ratio, goal))
        print("".join(cells), flush=True)

    def figure(
        self, name: str, value: float, unit: str, goal: float | None = None, *, most: bool = True
    ) -> None:
        """One number with what it is counted in; by default the goal is the most it may be."""
        print(f"  {name:<52}{value:>10.3g} {unit:<14}{self.judged(value, goal, most=most)}", flush=True)

    def judged(self, ratio: float, goal: float | None, *, most: bool = False) -> str:
        """The goal beside its figure."""
        if goal is None:
            return " " * 12
        good = ratio <= goal if most else ratio >= goal
        self.missed += not good
        return f" {'ok' if good else 'MISSED'} ({'<=' if most else '>='}{goal:g})".ljust(12)

    def same(self, job: str, *scores: Score) -> None:
        """Every engine of a job must have fired the same rules."""
        sums = {score.sum for score in scores}
        self.missed += len(sums) != 1
        print(f"  fires of {job}: {'same' if len(sums) == 1 else 'DIFFERENT'} {sorted(sums)}", flush=True)

    def end(self) -> int:
        """The last line; 1 when a goal was missed."""
        print("\nall goals met" if not self.missed else f"\n{self.missed} goals missed")
        return int(self.missed > 0)
