/** How nodectl proves to OCI who it is. */
export type AuthConfig =
  | {
      readonly kind: "instance_principals";
      /** Base URL in place of the metadata service's own; absent on OCI. */
      readonly metadataEndpoint: string | undefined;
    }
  | { readonly kind: "config_file"; readonly ociConfigFile: string; readonly profile: string };

/** The content of startnode.yaml, checked and with its defaults. What each setting means: cli/settings.ts. */
export interface Config {
  readonly region: string;
  readonly compartmentOcid: string;
  readonly vcnOcid: string | undefined;
  readonly subnetOcid: string;
  /** Full availability domain name without its number: `Uocm:PHX-AD-`. */
  readonly adRoot: string;
  /** Value of the freeform tag `cluster`. */
  readonly clusterId: string;
  readonly ansibleRepo: string | undefined;
  readonly ansibleBranch: string | undefined;
  /** The image of nodes whose limits name no other. */
  readonly imageOcid: string;

  readonly auth: AuthConfig;
  /** Base URL in place of every service's host; absent on OCI. */
  readonly endpoint: string | undefined;
  readonly networkSecurityGroupOcids: readonly string[];
  readonly sshKeysFile: string;
  readonly userDataFile: string;
  readonly logFile: string;
  readonly slurmctldRestartCommand: readonly string[];
  readonly nodesFile: string;
  readonly limitsFile: string;
  readonly slurmDirectory: string;
  readonly finalisedDirectory: string;
  readonly slurmBinDirectory: string;
  readonly slurmConf: string;
  readonly callDeadlineSeconds: number;
  readonly runDeadlineSeconds: number;
  readonly launchConcurrency: number;
  readonly watchSeconds: number;
  readonly capacityFile: string;
  readonly capacityCoolDownSeconds: number;
  readonly limitCoolDownSeconds: number;
  readonly assumedLaunchesPerSecond: number;
  readonly assumedBootSeconds: number;
  readonly retrySeconds: number;
  readonly reconcileFile: string;
  readonly orphanGraceSeconds: number;
  readonly bootLimitSeconds: number | undefined;
  readonly bootFailuresMax: number;
  readonly bootCoolDownSeconds: number;
  readonly consoleDirectory: string;
  readonly metricsFile: string;
  readonly pauseFile: string;
  /** Namespace, dot, key. */
  readonly definedTag: string | undefined;
  readonly directorySocket: string;
  readonly directorySuffix: string;
  readonly homeDirectory: string;
}
