import type { Readable } from "node:stream";

const TAIL_LENGTH_MAX = 4000;

/** Remembers the end of what the streams say; the function that it returns tells it. */
export function keepTail(streams: readonly Readable[]): () => string {
  let tail = "";
  for (const stream of streams) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      tail = (tail + text).slice(-TAIL_LENGTH_MAX);
    });
  }
  return () => tail.trimEnd();
}
