import { isJsonObject, type JsonObject } from "../domain/json-object.ts";

/** JSON that is not what any Slurm we know writes; the message names the field. */
export class SlurmJsonError extends Error {
  override readonly name = "SlurmJsonError";
}

/** @throws SlurmJsonError when it is no object */
export function asFields(value: unknown, what: string): JsonObject {
  if (!isJsonObject(value)) throw new SlurmJsonError(`${what} is not an object`);
  return value;
}
