import pMap from "p-map";
import type { Clock } from "../domain/clock.ts";
import type { Log } from "../domain/log.ts";
import { explainFailure } from "../oci/oci-errors.ts";
import type { Instance, InstanceControl, OciFailure } from "../oci/provider.ts";

export interface TerminateContext {
  readonly instances: InstanceControl;
  readonly clock: Clock;
  readonly log: Log;
  /** Terminations under way at once. */
  readonly concurrency: number;
}

export interface RefusedTermination {
  readonly instance: Instance;
  readonly failure: OciFailure;
}

/** Terminates all of them and returns those that OCI refused to; each is logged. */
export async function terminateInstances(
  { instances, clock, log, concurrency }: TerminateContext,
  victims: readonly Instance[],
): Promise<RefusedTermination[]> {
  const refused: RefusedTermination[] = [];
  await pMap(
    victims,
    async (instance) => {
      const startedMs = clock.now();
      const outcome = await instances.terminateInstance(instance);
      const fields = {
        node: instance.nodeName,
        instanceOcid: instance.instanceOcid,
        durationMs: clock.now() - startedMs,
      };
      if (outcome.kind === "terminated") {
        log.info("terminated instance", fields);
        return;
      }
      log.error("termination refused", { ...fields, reason: explainFailure(outcome.failure) });
      refused.push({ instance, failure: outcome.failure });
    },
    { concurrency },
  );
  return refused;
}
