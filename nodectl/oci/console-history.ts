import { ComputeClient, models } from "oci-core";
import type { Clock } from "../domain/clock.ts";
import type { Consoles } from "./provider.ts";
import { callOci, type RetryPolicy } from "./retry.ts";
import { createSdkClient, type ClientSettings } from "./sdk-clients.ts";

/** OCI keeps the last megabyte of a console (API reference, ConsoleHistory); the end tells why a boot failed. */
const CONTENT_BYTES_MAX = 1024 * 1024;
/** Of what is handed on. */
const TAIL_CHARACTERS = 16_384;

/** A capture takes some seconds. */
const POLL_MS = 2_000;
const POLLS_MAX = 15;

/** The serial consoles of instances through the real SDK. */
export class OciConsoles implements Consoles {
  readonly #compute: ComputeClient;
  readonly #retry: RetryPolicy;
  readonly #clock: Clock;

  constructor(clients: ClientSettings, retry: RetryPolicy, clock: Clock) {
    this.#compute = createSdkClient(ComputeClient, clients);
    this.#retry = retry;
    this.#clock = clock;
  }

  async captureConsole(instanceOcid: string): Promise<string | undefined> {
    const { consoleHistory } = await callOci("CaptureConsoleHistory", this.#retry, () =>
      this.#compute.captureConsoleHistory({
        captureConsoleHistoryDetails: { instanceId: instanceOcid },
      }),
    );
    const instanceConsoleHistoryId = consoleHistory.id;
    const isThere = await this.#awaitCapture(instanceConsoleHistoryId);
    if (!isThere) return undefined;
    const { value } = await callOci("GetConsoleHistoryContent", this.#retry, () =>
      this.#compute.getConsoleHistoryContent({
        instanceConsoleHistoryId,
        length: CONTENT_BYTES_MAX,
      }),
    );
    await callOci("DeleteConsoleHistory", this.#retry, () =>
      this.#compute.deleteConsoleHistory({ instanceConsoleHistoryId }),
    );
    return value.slice(-TAIL_CHARACTERS);
  }

  async #awaitCapture(instanceConsoleHistoryId: string): Promise<boolean> {
    for (let poll = 0; poll < POLLS_MAX; poll += 1) {
      const { consoleHistory } = await callOci("GetConsoleHistory", this.#retry, () =>
        this.#compute.getConsoleHistory({ instanceConsoleHistoryId }),
      );
      const { Succeeded, Failed } = models.ConsoleHistory.LifecycleState;
      if (consoleHistory.lifecycleState === Succeeded) return true;
      if (consoleHistory.lifecycleState === Failed) return false;
      await this.#clock.sleep(POLL_MS, this.#retry.signal);
    }
    return false;
  }
}
