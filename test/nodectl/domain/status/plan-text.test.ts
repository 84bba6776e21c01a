import { expect, test } from "vitest";
import { RULES } from "../../../../nodectl/domain/reconcile/rules.ts";
import { planText } from "../../../../nodectl/domain/status/plan-text.ts";

const RULE = RULES.find(({ id }) => id === "failed-boot");

test("what reconcile is about to do comes with what the machine has left to say", () => {
  if (RULE === undefined) throw new Error("there is no such rule");
  const plan = { kind: "act", rule: RULE, sinceMs: 0 } as const;
  expect(planText({ ...plan, note: "munge : no key" })).toMatch(
    /^reconcile acts: its machine could not be configured: munge : no key: keep its console's/,
  );
  expect(planText(plan)).toMatch(/could not be configured: keep its/);
});
