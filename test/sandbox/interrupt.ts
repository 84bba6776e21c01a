/** Numbers as signal(7) has them; a terminal that closes sends SIGHUP. */
const SIGNALS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;

/** Somebody wants the program to end. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
  readonly signalName: keyof typeof SIGNALS;

  constructor(signalName: keyof typeof SIGNALS) {
    super(`ended by ${signalName}`);
    this.signalName = signalName;
  }

  /** As a shell tells it. */
  get exitCode(): number {
    return 128 + SIGNALS[this.signalName];
  }
}

interface SignalSource {
  on(signal: keyof typeof SIGNALS, listener: () => void): unknown;
}

/**
 * Aborts, with an Interrupted as its reason, at the first signal that asks the program to end. Later ones change
 * nothing: npm passes on what the terminal has sent already.
 */
export function interruptionOf(source: SignalSource): AbortSignal {
  const controller = new AbortController();
  for (const name of Object.keys(SIGNALS) as (keyof typeof SIGNALS)[]) {
    source.on(name, () => {
      controller.abort(new Interrupted(name));
    });
  }
  return controller.signal;
}

/** Settles as the work does, or rejects with the signal's reason as soon as that aborts. */
export async function unlessAborted<Value>(
  signal: AbortSignal,
  work: Promise<Value>,
): Promise<Value> {
  return Promise.race([work, rejectionOf(signal)]);
}

function rejectionOf(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const fail = (): void => {
      reject(signal.reason as Error);
    };
    if (signal.aborted) fail();
    else signal.addEventListener("abort", fail, { once: true });
  });
}
