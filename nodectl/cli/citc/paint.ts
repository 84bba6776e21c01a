import { styleText } from "node:util";
import { plain, type Paint, type Tone } from "../../commands/status/text.ts";

const STYLES: Readonly<Record<Tone, Parameters<typeof styleText>[0]>> = {
  heading: "bold",
  quiet: "dim",
  wrong: "red",
  "under-way": "yellow",
  well: "green",
  unknown: "magenta",
};

/** Colours on a terminal that has them: hasColors() heeds NO_COLOR and TERM. */
export function paintOf(stdout: NodeJS.WriteStream): Paint {
  return stdout.isTTY && stdout.hasColors() ? coloured : plain;
}

function coloured(tone: Tone, text: string): string {
  return styleText(STYLES[tone], text);
}
