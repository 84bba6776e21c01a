import type { ImageDescription, SubnetDescription } from "./region.ts";
import type { ShapePayload } from "./shape-payload.ts";

/** A LaunchInstance body that was checked against the region. */
export interface LaunchOrder {
  readonly compartmentOcid: string;
  readonly availabilityDomain: string;
  /** Absent: the service chooses. */
  readonly faultDomain?: string;
  readonly shape: ShapePayload;
  readonly ocpus: number;
  readonly memoryGib: number;
  readonly image: ImageDescription;
  readonly bootVolumeGib?: number;
  readonly subnet: SubnetDescription;
  readonly displayName?: string;
  readonly vnicDisplayName?: string;
  readonly hostnameLabel?: string;
  /** An address that the caller wants. */
  readonly privateIp?: string;
  readonly networkSecurityGroupOcids: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;
  readonly extendedMetadata: Readonly<Record<string, unknown>>;
  readonly freeformTags: Readonly<Record<string, string>>;
  readonly definedTags: Readonly<Record<string, unknown>>;
  /** Fields that the model does not interpret and Instance repeats: agentConfig, launchOptions, … */
  readonly repeated: Readonly<Record<string, unknown>>;
}
