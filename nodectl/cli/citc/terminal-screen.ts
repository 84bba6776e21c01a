import type { Screen } from "./watch.ts";

// What every terminal of the last decades understands (ECMA-48, and xterm's alternate screen).
const ENTER = "\x1b[?1049h\x1b[?25l";
const LEAVE = "\x1b[?25h\x1b[?1049l";
const HOME = "\x1b[H";
const CLEAR_LINE = "\x1b[K";
const CLEAR_BELOW = "\x1b[J";

/** In raw mode the terminal hands Ctrl-C and Ctrl-D over as 3 and 4. */
const END_BYTES = new Set([3, 4, ...Buffer.from("qQ")]);

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

export interface Terminal {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
}

/** A screen of its own, which leaves the terminal as it was. Ends with q, Ctrl-C or a signal; close() must be called. */
export function openScreen({ stdin, stdout }: Terminal): Screen & { close(): void } {
  const ending = new AbortController();
  const end = (): void => {
    ending.abort();
  };
  const onKeys = (keys: Buffer): void => {
    if (keys.some((byte) => END_BYTES.has(byte))) end();
  };
  if (stdin.isTTY) {
    stdin.setRawMode(true);
    stdin.on("data", onKeys);
  }
  for (const signal of SIGNALS) process.on(signal, end);
  stdout.write(ENTER);
  return {
    ended: ending.signal,
    draw: (lines) => {
      // Line by line over the old ones: a cleared screen would flicker. No line feed behind the last one.
      const text = lines.map((line) => `${line}${CLEAR_LINE}`).join("\r\n");
      stdout.write(`${HOME}${text}${CLEAR_BELOW}`);
    },
    onResize: (redraw) => {
      stdout.on("resize", redraw);
    },
    close: () => {
      stdout.removeAllListeners("resize");
      for (const signal of SIGNALS) process.off(signal, end);
      if (stdin.isTTY) {
        stdin.off("data", onKeys);
        stdin.setRawMode(false);
        stdin.pause();
      }
      stdout.write(LEAVE);
    },
  };
}
