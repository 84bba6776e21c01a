import { execFile } from "node:child_process";
import { isAbsolute } from "node:path";

export interface SubprocessRequest {
  /** Absolute: Slurm starts us without a PATH, and nothing is to be found by chance. */
  readonly program: string;
  readonly arguments: readonly string[];
  /** The whole environment of the program; nothing of ours is inherited. */
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** The bound of standard output and of standard error, each. */
  readonly outputBytesMax: number;
  /** What its standard input gives before it ends; absent: nothing. */
  readonly input?: string;
}

/** Why a program gave no usable exit code. */
export type SubprocessFailure =
  | { readonly kind: "timed-out"; readonly timeoutMs: number }
  | { readonly kind: "too-much-output"; readonly outputBytesMax: number }
  | { readonly kind: "signalled"; readonly signal: string }
  /** The program could not be started: it is not there, or may not be executed. */
  | { readonly kind: "not-started"; readonly message: string };

/** What a program said, in the same fields whether it went well or not. */
export interface SubprocessResult {
  /** For people: the program and its arguments, shortened. */
  readonly command: string;
  /** Absent when the program did not end by itself. */
  readonly exitCode: number | undefined;
  readonly failure: SubprocessFailure | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

const COMMAND_LENGTH_MAX = 200;

/** How long output may still come after the program has ended, when a child of it holds the pipe open. */
const OUTPUT_GRACE_MS = 500;

/** Why a program failed, in its own words if it has said any. */
export function whyFailed({ stderr, failure, exitCode }: SubprocessResult): string {
  return stderr.trim() || JSON.stringify(failure ?? exitCode);
}

/**
 * Runs a program without a shell and always ends: by the program's end, by the timeout, or by too much output
 * (it is then killed with SIGKILL). Never throws for what the program does; the caller reads the result.
 */
export async function runSubprocess(request: SubprocessRequest): Promise<SubprocessResult> {
  if (!isAbsolute(request.program)) {
    throw new Error(`${request.program} is not an absolute path`);
  }
  return new Promise((resolve) => {
    let timedOut = false;
    const child = execFile(
      request.program,
      request.arguments,
      {
        env: { ...request.environment },
        cwd: "/",
        maxBuffer: request.outputBytesMax,
        encoding: "utf8",
        shell: false,
      },
      (error, stdout, stderr) => {
        clearTimeout(timer);
        resolve(describeEnd(request, { error, stdout, stderr, timedOut }));
      },
    );
    // A program that ends before it has read all of it says by its exit code why.
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(request.input ?? "");
    const release = (): void => {
      child.stdout?.destroy();
      child.stderr?.destroy();
    };
    const timer = setTimeout(() => {
      timedOut = true;
      child.kill("SIGKILL");
      release();
    }, request.timeoutMs);
    child.once("exit", () => setTimeout(release, OUTPUT_GRACE_MS).unref());
  });
}

interface End {
  readonly error: Error | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut: boolean;
}

function describeEnd(request: SubprocessRequest, end: End): SubprocessResult {
  const failure = describeFailure(request, end);
  const code = (end.error as { code?: unknown } | null)?.code;
  const exitCode = end.error === null ? 0 : typeof code === "number" ? code : undefined;
  return {
    command: describeCommand(request),
    exitCode: failure === undefined ? exitCode : undefined,
    failure,
    stdout: end.stdout,
    stderr: end.stderr,
  };
}

function describeFailure(request: SubprocessRequest, end: End): SubprocessFailure | undefined {
  if (end.timedOut) {
    return { kind: "timed-out", timeoutMs: request.timeoutMs };
  }
  if (end.error === null) {
    return undefined;
  }
  const { code, signal } = end.error as { code?: unknown; signal?: unknown };
  if (code === "ERR_CHILD_PROCESS_STDIO_MAXBUFFER") {
    return { kind: "too-much-output", outputBytesMax: request.outputBytesMax };
  }
  if (typeof signal === "string") {
    return { kind: "signalled", signal };
  }
  return typeof code === "number" ? undefined : { kind: "not-started", message: end.error.message };
}

function describeCommand(request: SubprocessRequest): string {
  const text = [request.program, ...request.arguments].join(" ");
  return text.length <= COMMAND_LENGTH_MAX ? text : `${text.slice(0, COMMAND_LENGTH_MAX - 1)}…`;
}
