import type { CallSubject } from "./operation.ts";
import { seededRandom } from "./seeded-random.ts";

/** What happens to a call that a rule strikes. */
export type FaultAnswer =
  /** Refused with this error. */
  | {
      readonly kind: "error";
      readonly status: number;
      readonly code: string;
      readonly message: string;
      readonly retryAfterSeconds?: number;
    }
  /** Something between client and OCI answers, e.g. a proxy with a page of HTML. */
  | {
      readonly kind: "raw";
      readonly status: number;
      readonly contentType: string;
      readonly body: string;
    }
  /** Never answered. */
  | { readonly kind: "hang" }
  /** The connection is reset and nothing was done. */
  | { readonly kind: "reset-before" }
  /** It was done, then the connection is reset: the client cannot know. */
  | { readonly kind: "reset-after" }
  /** LaunchInstance is accepted, and its work request fails when it should have booted. */
  | { readonly kind: "async-failure" }
  /** A list's answer ends after this many items, as if there were no more. */
  | { readonly kind: "short-list"; readonly itemCountMax: number }
  /** Done and answered, late. */
  | { readonly kind: "delay"; readonly delayMs: number };

/** Seen in public reports: a stock-out looks like a defect of the service but for its words. */
export const OUT_OF_CAPACITY = {
  kind: "error",
  status: 500,
  code: "InternalError",
  message: "Out of host capacity.",
} as const satisfies FaultAnswer;

export interface FaultRule {
  /** OCI's name of an operation, or "*". */
  readonly operation: string;
  /** All that are given must be equal. */
  readonly match?: {
    readonly shape?: string;
    readonly availabilityDomain?: string;
    readonly displayName?: string;
    readonly hostnameLabel?: string;
  };
  /** Only the call of this number, counted from 1 among those that match. */
  readonly nth?: number;
  /** From 0 to 1; drawn from a generator with this rule's seed, so that a run can be repeated. */
  readonly probability?: number;
  readonly seed?: number;
  /** How often the rule strikes at most. */
  readonly times?: number;
  readonly answer: FaultAnswer;
}

interface ArmedRule {
  readonly id: number;
  readonly rule: FaultRule;
  readonly random: () => number;
  matched: number;
  struck: number;
}

/** A rule with what became of it so far. */
export interface FaultReport {
  readonly id: number;
  readonly rule: FaultRule;
  readonly matched: number;
  readonly struck: number;
}

const RULE_COUNT_MAX = 1000;

/** The failures that were asked for. The first rule that strikes decides. */
export class FaultRules {
  private rules: ArmedRule[] = [];
  private nextId = 1;

  add(rule: FaultRule): FaultReport {
    if (this.rules.length >= RULE_COUNT_MAX) {
      throw new Error(`more than ${RULE_COUNT_MAX} fault rules: delete them first`);
    }
    const id = this.nextId++;
    const armed = { id, rule, random: seededRandom(rule.seed ?? 1), matched: 0, struck: 0 };
    this.rules.push(armed);
    return reportOf(armed);
  }

  clear(): void {
    this.rules = [];
  }

  list(): readonly FaultReport[] {
    return this.rules.map(reportOf);
  }

  strike(operation: string, subject: CallSubject): FaultAnswer | undefined {
    for (const armed of this.rules) {
      if (!isAbout(armed.rule, operation, subject)) continue;
      armed.matched += 1;
      if (!isDue(armed)) continue;
      armed.struck += 1;
      return armed.rule.answer;
    }
    return undefined;
  }
}

function reportOf({ id, rule, matched, struck }: ArmedRule): FaultReport {
  return { id, rule, matched, struck };
}

function isAbout(rule: FaultRule, operation: string, subject: CallSubject): boolean {
  if (rule.operation !== "*" && rule.operation !== operation) return false;
  const { shape, availabilityDomain, displayName, hostnameLabel } = rule.match ?? {};
  return (
    (shape ?? subject.shape) === subject.shape &&
    (availabilityDomain ?? subject.availabilityDomain) === subject.availabilityDomain &&
    (displayName ?? subject.displayName) === subject.displayName &&
    (hostnameLabel ?? subject.hostnameLabel) === subject.hostnameLabel
  );
}

function isDue({ rule, random, matched, struck }: ArmedRule): boolean {
  if (rule.nth !== undefined && rule.nth !== matched) return false;
  if (struck >= (rule.times ?? Number.POSITIVE_INFINITY)) return false;
  return rule.probability === undefined || random() < rule.probability;
}
