import { styleText } from "node:util";

/** What a Terminal needs of the stream it writes to. */
export interface TerminalStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

export interface TerminalOptions {
  /** The environment's NO_COLOR: any text but "" turns colours off (no-color.org). */
  readonly noColor: string | undefined;
}

/** Back to the beginning of the line, and empty it. */
const CLEAR_LINE = "\r\u001B[K";
const TICK_MS = 1000;
/** Of a terminal that has not been told its size. */
const COLUMNS_DEFAULT = 80;

/** Where a person reads: lines; on a terminal also colours, and a last line that says what is waited for. */
export class Terminal {
  readonly #stream: TerminalStream;
  readonly #isColoured: boolean;
  #step: string | undefined;
  #seconds = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(stream: TerminalStream, { noColor }: TerminalOptions) {
    this.#stream = stream;
    this.#isColoured = stream.isTTY === true && (noColor ?? "") === "";
  }

  line(text: string): void {
    this.#endProgress();
    this.#stream.write(`${text}\n`);
  }

  heading(text: string): void {
    this.line(`\n${this.style("bold", text)}`);
  }

  style(format: "bold" | "cyan" | "dim", text: string): string {
    // Asked here, not of styleText, which looks at stdout whatever the stream.
    return this.#isColoured ? styleText(format, text, { validateStream: false }) : text;
  }

  /**
   * What is waited for now. A terminal shows it with the seconds that have passed, until the next line or step takes
   * its place; elsewhere it is a line.
   */
  progress(step: string): void {
    if (step === this.#step) return;
    this.#endProgress();
    this.#step = step;
    if (this.#stream.isTTY !== true) {
      this.#stream.write(`${step} ...\n`);
      return;
    }
    this.#seconds = 0;
    this.#showProgress();
    this.#timer = setInterval(() => {
      this.#seconds++;
      this.#showProgress();
    }, TICK_MS).unref();
  }

  #showProgress(): void {
    const text = `${this.#step ?? ""} ... ${this.#seconds > 0 ? `${this.#seconds} s` : ""}`;
    // One column less than there is: a full line would wrap, and only its second half be cleared.
    const { columns = 0 } = this.#stream;
    const width = columns > 0 ? columns : COLUMNS_DEFAULT;
    this.#stream.write(`${CLEAR_LINE}${this.style("dim", text.slice(0, width - 1))}`);
  }

  #endProgress(): void {
    this.#step = undefined;
    if (this.#timer === undefined) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#stream.write(CLEAR_LINE);
  }
}
