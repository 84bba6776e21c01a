/** JSON that is not what any Slurm we know writes; the message names the field. */
export class SlurmJsonError extends Error {
  override readonly name = "SlurmJsonError";
}

export type Fields = Readonly<Record<string, unknown>>;

/** @throws SlurmJsonError when it is no object */
export function asFields(value: unknown, what: string): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new SlurmJsonError(`${what} is not an object`);
  }
  return value as Fields;
}
