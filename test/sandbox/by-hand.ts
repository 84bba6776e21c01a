/** An instance that somebody makes in the console; what is absent has a default. */
export interface InstanceByHand {
  readonly displayName: string;
  readonly freeformTags?: Readonly<Record<string, string>>;
  readonly hostnameLabel?: string;
  /** The name of a cluster, or `strangers`, where nothing has a machine. Default: the first cluster's. */
  readonly subnet?: string;
  readonly availabilityDomain?: string;
  readonly shape?: string;
  /** Default true: in a cluster's subnet it becomes a machine. */
  readonly boots?: boolean;
  /** e.g. user_data, in base64. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** A boot volume that was left behind; what is absent has a default. */
export interface LeftBootVolume {
  readonly displayName: string;
  readonly availabilityDomain?: string;
  readonly sizeGib?: number;
  readonly freeformTags?: Readonly<Record<string, string>>;
  /** Default 0. */
  readonly ageSeconds?: number;
}

/** An image that somebody makes of a machine; what is absent has a default. */
export interface ImageByHand {
  readonly displayName: string;
  readonly freeformTags?: Readonly<Record<string, string>>;
}
