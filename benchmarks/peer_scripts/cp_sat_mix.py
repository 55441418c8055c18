"""OR-tools CP-SAT over the same mixes: every offer, whole instances, failures, zones, one market, so many kinds.

Argument: offers (price, capacity, market, unstopped; whole numbers), levels (need, hours), plus, zones, most_kinds.
"""

import json
import math
import sys
import time
from importlib import metadata

from ortools.sat.python import cp_model


def main():
    """Written as it is meant, without leaving anything out beforehand."""
    asked = json.loads(sys.argv[1])
    began = time.perf_counter()
    offers, levels, plus, zones = asked["offers"], asked["levels"], asked["plus"], asked["zones"]
    left = max(1, zones - 1)
    model = cp_model.CpModel()
    markets = {name: model.new_bool_var(name) for name in sorted({one["market"] for one in offers})}
    model.add_exactly_one(markets.values())
    used = [model.new_bool_var(f"used {index}") for index in range(len(offers))]
    model.add(sum(used) <= asked["most_kinds"])
    counts, costs = {}, []
    for index, one in enumerate(offers):
        model.add_implication(used[index], markets[one["market"]])
        most = [math.ceil((math.ceil(level["need"] / one["capacity"]) + 1 + plus) / left) for level in levels]
        if one["unstopped"] or len(levels) == 1:
            count = model.new_int_var(0, max(most), f"count {index}")
            costs.append(24 * zones * one["price"] * count)
            model.add(count == 0).only_enforce_if(~used[index])
            counts |= {(index, place): (count, used[index]) for place in range(len(levels))}
            continue
        for place, level in enumerate(levels):
            count = model.new_int_var(0, most[place], f"count {index} {place}")
            runs = model.new_bool_var(f"runs {index} {place}")
            model.add_implication(runs, used[index])
            model.add(count == 0).only_enforce_if(~runs)
            costs.append(level["hours"] * zones * one["price"] * count)
            counts[index, place] = (count, runs)
    for place, level in enumerate(levels):
        carried = sum(left * one["capacity"] * counts[index, place][0] for index, one in enumerate(offers))
        largest = model.new_int_var(0, max(one["capacity"] for one in offers), f"largest {place}")
        for index, one in enumerate(offers):
            model.add(largest >= one["capacity"]).only_enforce_if(counts[index, place][1])
        model.add(carried - plus * largest >= level["need"])
        model.add(sum(left * counts[index, place][0] for index in range(len(offers))) >= plus + 1)
    model.minimize(sum(costs))
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = asked["most_s"]
    status = solver.solve(model)
    wall_s = time.perf_counter() - began
    told = {"wall_s": wall_s, "cost": solver.objective_value, "is_optimal": status == cp_model.OPTIMAL}
    print(json.dumps({**told, "versions": {"ortools": metadata.version("ortools")}}))


main()
