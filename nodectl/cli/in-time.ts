import type { Clock } from "../domain/clock.ts";
import { CommandError } from "./run.ts";

/** A healthy file server answers in milliseconds. */
const FILE_SERVER_MS_MAX = 5_000;

/**
 * What is read of the shared file system. Where that hangs the kernel lets nobody give up: whoever has more to do than to
 * read goes on without it.
 * @throws CommandError when it does not answer
 */
export async function inTime<Value>(reading: Promise<Value>, clock: Clock): Promise<Value> {
  const read = new AbortController();
  const silence = clock.sleep(FILE_SERVER_MS_MAX, read.signal).then(() => {
    const seconds = FILE_SERVER_MS_MAX / 1000;
    throw new CommandError(`the shared file system did not answer within ${seconds} s`);
  });
  try {
    return await Promise.race([reading, silence]);
  } finally {
    read.abort();
  }
}
