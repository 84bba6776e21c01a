import { ComputeClient, models, type responses } from "oci-core";
import type { Clock } from "../domain/clock.ts";
import type { Log } from "../domain/log.ts";
import { OciCallError } from "./oci-errors.ts";
import { PlainTextHttpClient } from "./plain-text-http-client.ts";
import type { Consoles } from "./provider.ts";
import { callOci, type RetryPolicy } from "./retry.ts";
import { createSdkClient, type ClientSettings } from "./sdk-clients.ts";

/** OCI keeps the last megabyte of a console (API reference, ConsoleHistory); the end tells why a boot failed. */
const CONTENT_BYTES_MAX = 1024 * 1024;
/** OCI may give less than was asked for, 10 KiB being the least length that it takes: a megabyte in such parts. */
const PARTS_MAX = 103;
/** Of what is handed on. */
const TAIL_CHARACTERS = 16_384;

/** A capture takes some seconds. */
const POLL_MS = 2_000;
const POLLS_MAX = 15;

interface ConsoleTools {
  readonly clock: Clock;
  readonly log: Log;
}

/** The serial consoles of instances through the real SDK. */
export class OciConsoles implements Consoles {
  readonly #compute: ComputeClient;
  /** The content is text, which the SDK cannot read by itself. */
  readonly #text: ComputeClient;
  readonly #retry: RetryPolicy;
  readonly #clock: Clock;
  readonly #log: Log;

  constructor(clients: ClientSettings, retry: RetryPolicy, { clock, log }: ConsoleTools) {
    this.#compute = createSdkClient(ComputeClient, clients);
    const httpClient = new PlainTextHttpClient(clients.httpClient);
    this.#text = createSdkClient(ComputeClient, { ...clients, httpClient });
    this.#retry = retry;
    this.#clock = clock;
    this.#log = log;
  }

  async captureConsole(instanceOcid: string): Promise<string | undefined> {
    const { consoleHistory } = await callOci("CaptureConsoleHistory", this.#retry, () =>
      this.#compute.captureConsoleHistory({
        captureConsoleHistoryDetails: { instanceId: instanceOcid },
      }),
    );
    const instanceConsoleHistoryId = consoleHistory.id;
    try {
      const isThere = await this.#awaitCapture(instanceConsoleHistoryId);
      return isThere ? await this.#readTail(instanceConsoleHistoryId) : undefined;
    } finally {
      await this.#deleteCapture(instanceConsoleHistoryId);
    }
  }

  /** OCI keeps it until somebody deletes it. What was read is worth no less when OCI refuses that. */
  async #deleteCapture(instanceConsoleHistoryId: string): Promise<void> {
    try {
      await callOci("DeleteConsoleHistory", this.#retry, () =>
        this.#compute.deleteConsoleHistory({ instanceConsoleHistoryId }),
      );
    } catch (error) {
      if (!(error instanceof OciCallError)) throw error;
      this.#log.warn("could not delete a console capture", { reason: error.message });
    }
  }

  async #awaitCapture(instanceConsoleHistoryId: string): Promise<boolean> {
    for (let poll = 0; poll < POLLS_MAX; poll += 1) {
      const { consoleHistory } = await callOci("GetConsoleHistory", this.#retry, () =>
        this.#compute.getConsoleHistory({ instanceConsoleHistoryId }),
      );
      const { Succeeded, Failed } = models.ConsoleHistory.LifecycleState;
      if (consoleHistory.lifecycleState === Succeeded) return true;
      if (consoleHistory.lifecycleState === Failed) return false;
      if (!(await this.#sleepUntilDeadline(POLL_MS))) return false;
    }
    return false;
  }

  /** False when the run's deadline came first. */
  async #sleepUntilDeadline(durationMs: number): Promise<boolean> {
    const { signal } = this.#retry;
    try {
      await this.#clock.sleep(durationMs, signal);
      return true;
    } catch (error) {
      if (!signal.aborted) throw error;
      return false;
    }
  }

  /** From the start, part by part, because nothing tells the length beforehand. */
  async #readTail(instanceConsoleHistoryId: string): Promise<string> {
    let tail = "";
    let offset = 0;
    for (let part = 0; part < PARTS_MAX; part += 1) {
      const { text, bytesRemaining } = await this.#readPart(instanceConsoleHistoryId, offset);
      tail = (tail + text).slice(-TAIL_CHARACTERS);
      // Consoles are ASCII (API reference); a byte that is not makes a part overlap or lack some characters.
      offset += Buffer.byteLength(text);
      if (text === "" || bytesRemaining <= 0) break;
    }
    return tail;
  }

  async #readPart(
    instanceConsoleHistoryId: string,
    offset: number,
  ): Promise<{ readonly text: string; readonly bytesRemaining: number }> {
    const request = { instanceConsoleHistoryId, offset, length: CONTENT_BYTES_MAX };
    // The SDK leaves out an empty text, and the number when there is no header.
    const answer: Partial<responses.GetConsoleHistoryContentResponse> = await callOci(
      "GetConsoleHistoryContent",
      this.#retry,
      () => this.#text.getConsoleHistoryContent(request),
    );
    return { text: answer.value ?? "", bytesRemaining: answer.opcBytesRemaining ?? 0 };
  }
}
