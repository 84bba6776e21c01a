import type { JsonObject } from "../domain/json-object.ts";
import type { SlurmNode } from "./control.ts";
import { asFields, SlurmJsonError } from "./json-fields.ts";

export type NodeRecords =
  | { readonly kind: "nodes"; readonly nodes: readonly SlurmNode[] }
  /** Slurm wrote an error into its answer. 22.05 does so with exit code 0 and an empty list of nodes. */
  | { readonly kind: "errors"; readonly messages: readonly string[] };

/**
 * Reads the node list of both JSON families: `sinfo --json` of 22.05 (state in lower case, flags apart) and
 * `scontrol show nodes --json` from 23.02 on (state an array, the base state first). Fields that are not needed
 * are not looked at, so that a newer data_parser does no harm.
 * @throws SlurmJsonError naming the field that is missing or of another form
 */
export function readNodeRecords(text: string): NodeRecords {
  const answer = parseObject(text);
  const messages = readErrors(answer["errors"]);
  if (messages.length > 0) {
    return { kind: "errors", messages };
  }
  const nodes = answer["nodes"];
  if (!Array.isArray(nodes)) {
    throw new SlurmJsonError("nodes is not a list");
  }
  return { kind: "nodes", nodes: nodes.map(readNode) };
}

function parseObject(text: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new SlurmJsonError("not JSON", { cause: error });
  }
  return asFields(value, "the answer");
}

/** Both families have `errors`; an entry is {error, errno} in 22.05 and {description, error, source} later. */
function readErrors(errors: unknown): readonly string[] {
  if (errors === undefined) {
    return [];
  }
  if (!Array.isArray(errors)) {
    throw new SlurmJsonError("errors is not a list");
  }
  return errors.map((entry) => {
    const { error, description } = asFields(entry, "an error");
    return [error, description].filter((part) => typeof part === "string").join(": ");
  });
}

function readNode(value: unknown, index: number): SlurmNode {
  const fields = asFields(value, `nodes[${index}]`);
  const name = readText(fields, "name", `nodes[${index}]`);
  const states = readStates(fields, `node ${name}`);
  const [base, ...flags] = states;
  if (base === undefined) {
    throw new SlurmJsonError(`node ${name}: state is empty`);
  }
  return {
    name,
    base,
    flags: new Set(flags),
    address: readText(fields, "address", `node ${name}`),
    reason: readOptionalText(fields["reason"]),
    reasonUser: readOptionalText(fields["reason_set_by_user"]),
    bootTimeMs: readSeconds(fields, "boot_time", `node ${name}`) * 1000,
    ...(fields["slurmd_start_time"] !== undefined && {
      slurmdStartMs: readSeconds(fields, "slurmd_start_time", `node ${name}`) * 1000,
    }),
  };
}

/** The base state, then the flags, all in upper case. */
function readStates(fields: JsonObject, what: string): readonly string[] {
  const { state, state_flags: flags } = fields;
  if (Array.isArray(state)) {
    return asTexts(state, `${what}: state`);
  }
  if (typeof state !== "string") {
    throw new SlurmJsonError(`${what}: state is missing`);
  }
  return [state.toUpperCase(), ...asTexts(flags, `${what}: state_flags`)];
}

function asTexts(value: unknown, what: string): readonly string[] {
  if (!Array.isArray(value)) {
    throw new SlurmJsonError(`${what} is not a list`);
  }
  return value.map((entry) => {
    if (typeof entry !== "string") {
      throw new SlurmJsonError(`${what} holds something that is not text`);
    }
    return entry.toUpperCase();
  });
}

function readText(fields: JsonObject, key: string, what: string): string {
  const value = fields[key];
  if (typeof value !== "string" || value === "") {
    throw new SlurmJsonError(`${what}: ${key} is missing`);
  }
  return value;
}

/** 22.05 writes null where later releases write an empty text. */
function readOptionalText(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** A plain number in 22.05, {set, infinite, number} later; 0 says never in both. */
function readSeconds(fields: JsonObject, key: string, what: string): number {
  const value = fields[key];
  if (typeof value === "number") {
    return value;
  }
  const { set, number } = asFields(value, `${what}: ${key}`);
  if (typeof set !== "boolean" || typeof number !== "number") {
    throw new SlurmJsonError(`${what}: ${key} is not a number`);
  }
  return set ? number : 0;
}
