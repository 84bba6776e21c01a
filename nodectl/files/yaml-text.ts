import type { ProblemCollector } from "../domain/problem-collector.ts";
import { INPUT_BYTES_MAX } from "./input-file.ts";

/**
 * Longer lines are no YAML of ours. Observed with yaml 2.9 on Node 20: one line of half a million `- ` ends the
 * process (V8 runs out of memory in a regular expression, which cannot be caught); a thousand characters a line
 * and 256 KiB a file keep every text that was tried below a second.
 */
const LINE_LENGTH_MAX = 1000;

/** What is wrong with a text before it is worth handing to a YAML parser. */
export function checkYamlText(text: string, problems: ProblemCollector): void {
  if (Buffer.byteLength(text) > INPUT_BYTES_MAX) {
    const message = `the file is larger than ${INPUT_BYTES_MAX} bytes`;
    problems.add({ message, fix: "check that this is the right file" });
    return;
  }
  text.split(/\r\n|\n|\r/).forEach((content, index) => {
    checkLine(content, index + 1, problems);
  });
}

function checkLine(content: string, line: number, problems: ProblemCollector): void {
  if (content.length > LINE_LENGTH_MAX) {
    const message = `this line has more than ${LINE_LENGTH_MAX} characters`;
    problems.add({ line, message, fix: "break it into several lines" });
  }
  if (/[^\P{Cc}\t]/u.test(content)) {
    const message = "this line holds control characters: the file is not text";
    problems.add({ line, message, fix: "remove them, or check that this is the right file" });
  }
  if (/^ *\t[\t ]*[^\t ]/.test(content)) {
    const message = "this line is indented with a tab";
    problems.add({ line, message, fix: "indent with spaces" });
  }
}
