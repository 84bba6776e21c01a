/** Says what is wrong with a field. Called with its path; must throw. */
export interface FieldProblems {
  /** The field has to be there. */
  missing(path: string): Error;
  /** The field has another type than the expected one. */
  wrongType(path: string, expected: string): Error;
  /** The object has a field that nobody knows. */
  unknown(path: string): Error;
}

type JsonObject = Readonly<Record<string, unknown>>;

/** Reads fields of an object that came from outside. null counts as absent, as with OCI. */
export class FieldReader {
  private readonly path: string;
  private readonly object: JsonObject;
  private readonly problems: FieldProblems;

  private constructor(path: string, object: JsonObject, problems: FieldProblems) {
    this.path = path;
    this.object = object;
    this.problems = problems;
  }

  /** Throws a problem when the value is no object or has fields that are not in `known`. */
  static open(
    value: unknown,
    path: string,
    known: readonly string[],
    problems: FieldProblems,
  ): FieldReader {
    if (!isObject(value)) throw problems.wrongType(path === "" ? "the body" : path, "an object");
    const stranger = Object.keys(value).find((key) => !known.includes(key));
    const reader = new FieldReader(path, value, problems);
    if (stranger !== undefined) throw problems.unknown(reader.pathOf(stranger));
    return reader;
  }

  pathOf(key: string): string {
    return this.path === "" ? key : `${this.path}.${key}`;
  }

  raw(key: string): unknown {
    return this.object[key] ?? undefined;
  }

  string(key: string): string | undefined {
    return this.typed(key, "a string", (value) => typeof value === "string");
  }

  requiredString(key: string): string {
    const value = this.string(key);
    if (value === undefined || value === "") throw this.problems.missing(this.pathOf(key));
    return value;
  }

  number(key: string): number | undefined {
    return this.typed(key, "a number", (value) => typeof value === "number");
  }

  requiredNumber(key: string): number {
    const value = this.number(key);
    if (value === undefined) throw this.problems.missing(this.pathOf(key));
    return value;
  }

  boolean(key: string): boolean | undefined {
    return this.typed(key, "true or false", (value) => typeof value === "boolean");
  }

  stringList(key: string): readonly string[] | undefined {
    return this.typed(
      key,
      "a list of strings",
      (value): value is string[] =>
        Array.isArray(value) && value.every((item) => typeof item === "string"),
    );
  }

  stringMap(key: string): Readonly<Record<string, string>> | undefined {
    return this.typed(
      key,
      "an object of strings",
      (value): value is Record<string, string> =>
        isObject(value) && Object.values(value).every((item) => typeof item === "string"),
    );
  }

  /** Any object, its content unread. */
  anyObject(key: string): JsonObject | undefined {
    return this.typed(key, "an object", isObject);
  }

  nested(key: string, known: readonly string[]): FieldReader | undefined {
    const value = this.raw(key);
    if (value === undefined) return undefined;
    return FieldReader.open(value, this.pathOf(key), known, this.problems);
  }

  private typed<Type>(
    key: string,
    expected: string,
    isType: (value: unknown) => value is Type,
  ): Type | undefined {
    const value = this.raw(key);
    if (value === undefined) return undefined;
    if (!isType(value)) throw this.problems.wrongType(this.pathOf(key), expected);
    return value;
  }
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
