import { sleepUntilDeadline } from "../../commands/sleep-until-deadline.ts";
import type { Clock } from "../../domain/clock.ts";

/** What of stderr is needed. */
export interface ProgressStream {
  readonly isTTY: boolean;
  write(text: string): unknown;
}

export interface ProgressLine {
  /** Who is waited for now. */
  readonly waitFor: (whom: string) => void;
  /** Takes the line away. */
  readonly end: () => void;
}

/** What is faster needs no word. */
const SILENT_MS = 2_000;

/** One line that says who keeps a person waiting, from the second second on. Nothing where nobody sees it. */
export function openProgressLine(stream: ProgressStream, clock: Clock): ProgressLine {
  if (!stream.isTTY) return { waitFor: () => undefined, end: () => undefined };
  const ended = new AbortController();
  let whom = "";
  let shown = "";
  let isDue = false;
  // Blanks and not an escape sequence: every terminal knows them.
  const show = (text: string): void => {
    if (text === shown) return;
    stream.write(`\r${" ".repeat(shown.length)}\r${text}`);
    shown = text;
  };
  const showWhom = (): void => {
    if (isDue && whom !== "" && !ended.signal.aborted) show(`waiting for ${whom}…`);
  };
  void sleepUntilDeadline({ clock, signal: ended.signal }, SILENT_MS).then((isTimeUp) => {
    isDue = isTimeUp;
    showWhom();
  });
  return {
    waitFor: (next) => {
      whom = next;
      showWhom();
    },
    end: () => {
      ended.abort();
      show("");
    },
  };
}
