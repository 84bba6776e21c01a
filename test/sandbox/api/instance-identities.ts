import type { Clock } from "../../../nodectl/domain/clock.ts";
import type {
  CertificateAuthority,
  CertifiedKey,
  SubjectAttributes,
} from "./certificate-authority.ts";
import type { CloudInstance } from "./cloud-event.ts";

/** OCI renews the certificates of an instance several times a day; how long each holds is not documented. */
const LEAF_LIFE_MS = 12 * 3_600_000;

/** The files below /opc/v2/identity/, by name. */
export interface InstanceIdentity {
  readonly "cert.pem": string;
  readonly "key.pem": string;
  readonly "intermediate.pem": string;
}

interface Issued {
  readonly renewAtMs: number;
  readonly key: Promise<CertifiedKey>;
}

/** The certificate of every instance that has asked for it. */
export class InstanceIdentities {
  private readonly authority: CertificateAuthority;
  private readonly tenancyOcid: string;
  private readonly clock: Clock;
  private readonly issued = new Map<string, Issued>();

  constructor(authority: CertificateAuthority, tenancyOcid: string, clock: Clock) {
    this.authority = authority;
    this.tenancyOcid = tenancyOcid;
    this.clock = clock;
  }

  /** The same until half its life is over. */
  async of(instance: CloudInstance): Promise<InstanceIdentity> {
    const nowMs = this.clock.now();
    let issued = this.issued.get(instance.instanceOcid);
    if (issued === undefined || issued.renewAtMs <= nowMs) {
      const key = this.authority.issue(subjectOf(instance, this.tenancyOcid), nowMs, LEAF_LIFE_MS);
      issued = { key, renewAtMs: nowMs + LEAF_LIFE_MS / 2 };
      this.issued.set(instance.instanceOcid, issued);
    }
    const { certificatePem, privateKeyPem } = await issued.key;
    return {
      "cert.pem": certificatePem,
      "key.pem": privateKeyPem,
      "intermediate.pem": this.authority.intermediatePem,
    };
  }
}

/** As OCI's certificates have it; the SDKs read the tenancy from `opc-tenant:`. */
function subjectOf(instance: CloudInstance, tenancyOcid: string): SubjectAttributes {
  return [
    ["CN", instance.instanceOcid],
    ["OU", "opc-certtype:instance"],
    ["OU", `opc-instance:${instance.instanceOcid}`],
    ["OU", `opc-compartment:${instance.compartmentOcid}`],
    ["OU", `opc-tenant:${tenancyOcid}`],
  ];
}
