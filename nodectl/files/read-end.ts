import { open } from "node:fs/promises";
import { unlessAbsent } from "./system-error.ts";

export interface FileEnd {
  readonly text: string;
  /** The file begins before, so that the first line may be half a line. */
  readonly isCut: boolean;
}

/** The last bytes of a file, so many at most; empty when there is no file. */
export async function readEnd(file: string, bytesMax: number): Promise<FileEnd> {
  const handle = await unlessAbsent(open(file));
  if (handle === undefined) return { text: "", isCut: false };
  try {
    const { size } = await handle.stat();
    const start = Math.max(0, size - bytesMax);
    const buffer = Buffer.alloc(size - start);
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, start);
    return { text: buffer.toString("utf8", 0, bytesRead), isCut: start > 0 };
  } finally {
    await handle.close();
  }
}
