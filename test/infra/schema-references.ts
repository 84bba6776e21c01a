import type { BlockSchema, ProviderSchema } from "./schema-check.ts";
import { isExpression, isObject } from "./schema-check.ts";
import type { Json, JsonObject, SynthesizedStack } from "./synthesized.ts";

/** `oci_core_vcn.vcn.id`, `data.oci_core_subnet.compute.cidr_block`, with or without an index. */
const REFERENCE = /\b(data\.)?(oci_[a-z0-9_]+)\.([\w-]+)(?:\[[^\]]*\])?(?:\.([a-z0-9_]+))?/g;

/** One sentence for each expression that names what is not in the stack, or an attribute that its type has not. */
export function findReferenceProblems(stack: SynthesizedStack, schema: ProviderSchema): string[] {
  const expressions = stringsIn(stack as unknown as JsonObject).filter(isExpression);
  const references = expressions.flatMap((expression) => [...expression.matchAll(REFERENCE)]);
  const problems = references.flatMap(([text, data, type = "", name = "", attribute]) => {
    const blocks = data === undefined ? stack.resource : stack.data;
    if (blocks?.[type]?.[name] === undefined) return [`${text}: not in the stack`];
    const schemas = data === undefined ? schema.resource_schemas : schema.data_source_schemas;
    if (attribute === undefined || hasAttribute(schemas[type]?.block, attribute)) return [];
    return [`${text}: ${type} has no attribute ${attribute}`];
  });
  return [...new Set(problems)];
}

function hasAttribute(schema: BlockSchema | undefined, word: string): boolean {
  const { attributes = {}, block_types = {} } = schema ?? {};
  return Object.hasOwn(attributes, word) || Object.hasOwn(block_types, word);
}

function stringsIn(value: Json): string[] {
  if (typeof value === "string") return [value];
  if (Array.isArray(value)) return (value as readonly Json[]).flatMap(stringsIn);
  return isObject(value) ? Object.values(value).flatMap(stringsIn) : [];
}
