import { LimitsClient } from "oci-limits";
import { OciCallError } from "./oci-errors.ts";
import type { LimitAvailability, LimitsInquiry } from "./provider.ts";
import { callOci, type RetryPolicy } from "./retry.ts";
import { createSdkClient, type ClientSettings } from "./sdk-clients.ts";

/** Those of shapes, whose names ListShapes gives as quotaNames, are limits of this service. */
const SERVICE = "compute";

/** Service limits through the real SDK. */
export class OciServiceLimits implements LimitsInquiry {
  readonly #limits: LimitsClient;
  readonly #compartmentOcid: string;
  readonly #retry: RetryPolicy;

  constructor(clients: ClientSettings, compartmentOcid: string, retry: RetryPolicy) {
    this.#limits = createSdkClient(LimitsClient, clients);
    this.#compartmentOcid = compartmentOcid;
    this.#retry = retry;
  }

  async availabilityOf(limitName: string, availabilityDomain: string): Promise<LimitAvailability> {
    try {
      const { resourceAvailability } = await callOci("GetResourceAvailability", this.#retry, () =>
        this.#limits.getResourceAvailability({
          serviceName: SERVICE,
          limitName,
          compartmentId: this.#compartmentOcid,
          availabilityDomain,
        }),
      );
      // The API reference: for limits without data the fields are empty.
      const { available, used } = resourceAvailability;
      const isKnown = typeof available === "number" && typeof used === "number";
      return isKnown ? { kind: "known", used, available } : { kind: "not-told" };
    } catch (error) {
      if (error instanceof OciCallError && error.failure.status === 404) {
        return { kind: "not-told" };
      }
      throw error;
    }
  }
}
