import { constants } from "node:fs";
import { open } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import type { Problem } from "../domain/problem.ts";
import type { Checked } from "../domain/result.ts";

/** Far above any real limits.yaml or startnode.yaml; keeps the worst YAML below a second (see positioned-yaml). */
export const INPUT_BYTES_MAX = 256 * 1024;

/** The text of an input file, or why it cannot be had. Throws only on what is no matter of the file. */
export async function readInputFile(
  file: string,
  bytesMax: number = INPUT_BYTES_MAX,
): Promise<Checked<string>> {
  let handle: FileHandle;
  try {
    // Without O_NONBLOCK a named pipe would keep us waiting for whoever writes to it.
    handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    return invalid(file, problemOfOpening(error));
  }
  try {
    return await readHandle(handle, file, bytesMax);
  } finally {
    await handle.close();
  }
}

/**
 * The text of a stream, such as standard input or what a URL gives, read no further than to the bound.
 * @param name for messages
 */
export async function readInputStream(
  stream: AsyncIterable<Uint8Array | string>,
  name: string,
  bytesMax: number,
): Promise<Checked<string>> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    const buffer = Buffer.from(chunk);
    bytes += buffer.length;
    if (bytes > bytesMax) return tooLarge(name, "it", bytesMax);
    chunks.push(buffer);
  }
  return decode(Buffer.concat(chunks), name);
}

async function readHandle(
  handle: FileHandle,
  file: string,
  bytesMax: number,
): Promise<Checked<string>> {
  const stat = await handle.stat();
  if (!stat.isFile()) {
    return invalid(file, { message: "this is not a file", fix: "name a file" });
  }
  // One byte more than allowed, and not what stat says: the file may be growing.
  const buffer = Buffer.alloc(bytesMax + 1);
  const { bytesRead } = await handle.read(buffer, 0, buffer.length, 0);
  if (bytesRead > bytesMax) return tooLarge(file, "the file", bytesMax);
  return decode(buffer.subarray(0, bytesRead), file);
}

function tooLarge(file: string, what: string, bytesMax: number): Checked<string> {
  const message = `${what} is larger than ${bytesMax} bytes`;
  return invalid(file, { message, fix: "check that this is the right file" });
}

function decode(bytes: Uint8Array, file: string): Checked<string> {
  try {
    return { kind: "valid", value: new TextDecoder("utf-8", { fatal: true }).decode(bytes) };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return invalid(file, { message: "this is not text in UTF-8", fix: "save it as UTF-8 text" });
  }
}

function problemOfOpening(error: unknown): Omit<Problem, "file"> {
  const code = (error as NodeJS.ErrnoException).code ?? "";
  switch (code) {
    case "ENOENT":
    case "ENOTDIR":
      return { message: "there is no such file", fix: "create it, or name another" };
    case "EACCES":
    case "EPERM":
      return {
        message: `it may not be read (${code})`,
        fix: "give this user the right to read it",
      };
    case "ELOOP":
    case "ENAMETOOLONG":
      return { message: `it cannot be opened (${code})`, fix: "name a file" };
    default:
      throw error;
  }
}

function invalid(file: string, problem: Omit<Problem, "file">): Checked<never> {
  return { kind: "invalid", problems: [{ file, ...problem }] };
}
