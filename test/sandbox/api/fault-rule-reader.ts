import { invalidParameter } from "./api-error.ts";
import { BODY_PROBLEMS } from "./check-launch.ts";
import type { FaultAnswer, FaultRule } from "./fault-rules.ts";
import { FieldReader } from "./field-reader.ts";
import { OPERATION_NAMES } from "./operation-table.ts";

const RULE_FIELDS = ["operation", "match", "nth", "probability", "seed", "times", "answer"];
const MATCH_FIELDS = ["shape", "availabilityDomain", "displayName", "hostnameLabel"] as const;
const ANSWER_FIELDS = [
  ...["kind", "status", "code", "message", "retryAfterSeconds", "contentType", "body", "delayMs"],
  "itemCountMax",
];

/** Reads a fault rule from JSON. Throws an ApiError that names the field. */
export function readFaultRule(body: unknown): FaultRule {
  const fields = FieldReader.open(body, "", RULE_FIELDS, BODY_PROBLEMS);
  const operation = readOperation(fields);
  const answer = fields.nested("answer", ANSWER_FIELDS);
  if (answer === undefined) throw invalidParameter("answer is missing: say what is to happen");
  return {
    operation,
    match: readMatch(fields),
    ...optionalNumber(fields, "nth", 1, Number.MAX_SAFE_INTEGER),
    ...optionalNumber(fields, "probability", 0, 1),
    ...optionalNumber(fields, "seed", 0, 2 ** 32 - 1),
    ...optionalNumber(fields, "times", 1, Number.MAX_SAFE_INTEGER),
    answer: readAnswer(answer),
  };
}

/** A rule for an operation that does not exist would never strike, and nobody would know why. */
function readOperation(fields: FieldReader): string {
  const operation = fields.requiredString("operation");
  if (operation === "*" || OPERATION_NAMES.includes(operation)) return operation;
  throw invalidParameter(
    `operation ${operation} is unknown: use * or one of ${OPERATION_NAMES.join(", ")}`,
  );
}

function readMatch(fields: FieldReader): NonNullable<FaultRule["match"]> {
  const match = fields.nested("match", MATCH_FIELDS);
  const entries = MATCH_FIELDS.map((key) => [key, match?.string(key)] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

function optionalNumber<Key extends string>(
  fields: FieldReader,
  key: Key,
  min: number,
  max: number,
): { readonly [K in Key]?: number } {
  const value = fields.number(key);
  if (value === undefined) return {};
  return { [key]: inRange(fields.pathOf(key), value, min, max) } as { [K in Key]?: number };
}

function inRange(path: string, value: number, min: number, max: number): number {
  if (value >= min && value <= max) return value;
  throw invalidParameter(`${path} ${value} is out of range: write ${min} to ${max}`);
}

function readAnswer(fields: FieldReader): FaultAnswer {
  const kind = fields.requiredString("kind");
  switch (kind) {
    case "error":
      return {
        kind,
        status: readStatus(fields),
        code: fields.requiredString("code"),
        message: fields.string("message") ?? "",
        ...optionalNumber(fields, "retryAfterSeconds", 0, 3600),
      };
    case "raw":
      return {
        kind,
        status: readStatus(fields),
        contentType: fields.string("contentType") ?? "text/html",
        body: fields.string("body") ?? "",
      };
    case "delay": {
      const delayMs = fields.requiredNumber("delayMs");
      return { kind, delayMs: inRange(fields.pathOf("delayMs"), delayMs, 0, 3_600_000) };
    }
    case "short-list": {
      const itemCountMax = fields.requiredNumber("itemCountMax");
      return { kind, itemCountMax: inRange(fields.pathOf("itemCountMax"), itemCountMax, 0, 1000) };
    }
    case "hang":
    case "reset-before":
    case "reset-after":
    case "async-failure":
      return { kind };
    default:
      throw invalidParameter(
        `answer.kind ${kind} is unknown: use error, raw, delay, short-list, hang, reset-before, reset-after or async-failure`,
      );
  }
}

function readStatus(fields: FieldReader): number {
  return inRange(fields.pathOf("status"), fields.requiredNumber("status"), 200, 599);
}
