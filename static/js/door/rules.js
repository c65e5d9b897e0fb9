// The door's rules as carneau/admissions/statements.py has them, for one ticket as far as this phone knows it. The
// order matters: the first reason that holds is the one that is told.
export const judge = (code, { head, row, seen, gate, direction }) => {
  const refused = (reason) => ({ verdict: "not_valid", reason });
  if (head.status === "cancelled") return refused("cancelled");
  if (head.status !== "published") return refused("not_open");
  if (code.event !== head.event) return refused(head.other_days.includes(code.event) ? "other_day" : "other_event");
  if (row && code.revision < row.revision) return refused(GONE[row.state] ?? "passed_on");
  if (row && GONE[row.state]) return refused(GONE[row.state]);
  const state = seen?.state ?? row?.state ?? "v";
  const { since, gate: before } = seen ?? row ?? {};
  if (direction === "exit") return state === "i" ? { verdict: "exit" } : refused("not_inside");
  if (gate?.is_closed) return refused("wrong_gate");
  if (row && gate?.types.length && !gate.types.includes(row.type)) return refused("wrong_gate");
  if (state === "v" || (state === "o" && head.reentry)) return { verdict: "come_in" };
  return { verdict: "already_in", since, before, left: state === "o" };
};

const GONE = { x: "void", r: "refunded" };
export const STATE_AFTER = { come_in: "i", already_in: "i", exit: "o" };
