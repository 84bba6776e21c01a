import type { Json, JsonObject, SynthesizedStack } from "./synthesized.ts";

/** As `terraform providers schema -json` prints it, the parts that we look at. */
export interface ProviderSchema {
  readonly provider: { readonly block: BlockSchema };
  readonly resource_schemas: Readonly<Record<string, { readonly block: BlockSchema }>>;
  readonly data_source_schemas: Readonly<Record<string, { readonly block: BlockSchema }>>;
}

export interface BlockSchema {
  readonly attributes?: Readonly<Record<string, AttributeSchema>>;
  readonly block_types?: Readonly<Record<string, NestedBlockSchema>>;
}

interface AttributeSchema {
  readonly type: AttributeType;
  readonly required?: boolean;
  readonly optional?: boolean;
  readonly computed?: boolean;
}

interface NestedBlockSchema {
  readonly nesting_mode: "single" | "list" | "set" | "map";
  readonly block: BlockSchema;
  readonly min_items?: number;
  readonly max_items?: number;
}

type AttributeType =
  | "string"
  | "number"
  | "bool"
  | "dynamic"
  | readonly ["list", AttributeType]
  | readonly ["set", AttributeType]
  | readonly ["map", AttributeType]
  | readonly ["object", Readonly<Record<string, AttributeType>>];

/** Terraform's own words in any resource or data source; "//" is a comment, which CDKTF writes. */
const META_ARGUMENTS = new Set(
  "// depends_on count for_each provider lifecycle connection provisioner".split(" "),
);
const PROVIDER_WORDS = new Set(["//", "alias"]);
/** Of the provider that is built into Terraform. */
const BUILT_IN_TYPES = new Set(["terraform_data", "terraform_remote_state"]);

/** One sentence for everything in the stack that the provider would not take. Expressions count as any type. */
export function findSchemaProblems(stack: SynthesizedStack, schema: ProviderSchema): string[] {
  return [
    ...findProviderProblems(stack, schema),
    ...findBlockProblems("resource", stack.resource, schema.resource_schemas),
    ...findBlockProblems("data", stack.data, schema.data_source_schemas),
  ];
}

function findProviderProblems(stack: SynthesizedStack, schema: ProviderSchema): string[] {
  return Object.entries(stack.provider ?? {}).flatMap(([name, configurations]) =>
    configurations.flatMap((configuration, index) => {
      const path = `provider.${name}[${index}]`;
      return checkBlock(path, without(configuration, PROVIDER_WORDS), schema.provider.block);
    }),
  );
}

function findBlockProblems(
  kind: "resource" | "data",
  blocks: SynthesizedStack["resource"],
  schemas: ProviderSchema["resource_schemas"],
): string[] {
  const types = Object.entries(blocks ?? {}).filter(([type]) => !BUILT_IN_TYPES.has(type));
  return types.flatMap(([type, named]) => {
    const schema = schemas[type];
    if (schema === undefined) return [`${kind} ${type}: the provider has no such type`];
    return Object.entries(named).flatMap(([name, body]) =>
      checkBlock(
        `${kind === "data" ? "data." : ""}${type}.${name}`,
        without(body, META_ARGUMENTS),
        schema.block,
      ),
    );
  });
}

function without(body: JsonObject, words: ReadonlySet<string>): JsonObject {
  return Object.fromEntries(Object.entries(body).filter(([word]) => !words.has(word)));
}

function checkBlock(path: string, body: JsonObject, schema: BlockSchema): string[] {
  const { attributes = {}, block_types = {} } = schema;
  const unknown = Object.keys(body)
    .filter((word) => !Object.hasOwn(attributes, word) && !Object.hasOwn(block_types, word))
    .map((word) => `${path}.${word}: unknown to the provider`);
  return [
    ...unknown,
    ...Object.entries(attributes).flatMap(([word, attribute]) =>
      checkAttribute(`${path}.${word}`, body[word], attribute),
    ),
    ...Object.entries(block_types).flatMap(([word, nested]) =>
      checkNested(`${path}.${word}`, body[word], nested),
    ),
  ];
}

function checkAttribute(path: string, value: Json | undefined, schema: AttributeSchema): string[] {
  if (value === undefined || value === null)
    return schema.required === true ? [`${path}: required, and absent`] : [];
  if (schema.required !== true && schema.optional !== true)
    return [`${path}: the provider sets it, it cannot be given`];
  return checkType(path, value, schema.type);
}

function checkType(path: string, value: Json, type: AttributeType): string[] {
  if (isExpression(value) || type === "dynamic") return [];
  if (typeof type === "string") {
    const wanted = type === "bool" ? "boolean" : type;
    return typeof value === wanted ? [] : [`${path}: ${JSON.stringify(value)} is no ${type}`];
  }
  if (type[0] === "list" || type[0] === "set") {
    if (!Array.isArray(value)) return [`${path}: ${JSON.stringify(value)} is no ${type[0]}`];
    const items = value as readonly Json[];
    return items.flatMap((item, index) => checkType(`${path}[${index}]`, item, type[1]));
  }
  if (!isObject(value)) return [`${path}: ${JSON.stringify(value)} is no ${type[0]}`];
  if (type[0] === "object") return checkObject(path, value, type[1]);
  return Object.entries(value).flatMap(([key, item]) => checkType(`${path}.${key}`, item, type[1]));
}

/** All of an object's attributes must be given, if only as null. */
function checkObject(
  path: string,
  value: JsonObject,
  types: Readonly<Record<string, AttributeType>>,
): string[] {
  const unknown = Object.keys(value).filter((key) => !Object.hasOwn(types, key));
  return [
    ...unknown.map((key) => `${path}.${key}: unknown to the provider`),
    ...Object.entries(types).flatMap(([key, type]) => {
      const item = value[key];
      if (item === undefined) return [`${path}.${key}: required, and absent`];
      return item === null ? [] : checkType(`${path}.${key}`, item, type);
    }),
  ];
}

function checkNested(path: string, value: Json | undefined, schema: NestedBlockSchema): string[] {
  if (schema.nesting_mode === "map") return [`${path}: blocks by name are not checked yet`];
  const given = value ?? [];
  const blocks: readonly Json[] = Array.isArray(given) ? (given as readonly Json[]) : [given];
  const { min_items: min = 0 } = schema;
  const max = schema.nesting_mode === "single" ? 1 : (schema.max_items ?? Infinity);
  return [
    ...(blocks.length < min
      ? [`${path}: ${blocks.length} blocks, at least ${min} are needed`]
      : []),
    ...(blocks.length > max
      ? [`${path}: ${blocks.length} blocks, at most ${max} are allowed`]
      : []),
    ...blocks.flatMap((block, index) =>
      isObject(block)
        ? checkBlock(`${path}[${index}]`, block, schema.block)
        : [`${path}[${index}]: ${JSON.stringify(block)} is no block`],
    ),
  ];
}

/** A string with an expression in it: what comes of it is known to Terraform only. */
export function isExpression(value: Json): boolean {
  return typeof value === "string" && /(?<!\$)\$\{/.test(value);
}

export function isObject(value: Json): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
