import { hostname } from "node:os";
import type { Cloud, CloudOpening, DoctorContext } from "../../commands/doctor/doctor-context.ts";
import type { Config } from "../../domain/config.ts";
import type { Log } from "../../domain/log.ts";
import { OciAuthError } from "../../oci/oci-auth-error.ts";
import { runningSettings } from "../../slurm/configuration.ts";
import { machineInspection } from "../../slurm/machine-inspection.ts";
import { defaultOf } from "../setting-default.ts";
import { SETTINGS } from "../settings.ts";
import { slurmConfCheckOf, slurmOf } from "../slurm.ts";
import { systemClock } from "../system-clock.ts";

/** Below the bound of a check, so that what OCI or Slurm said last is heard. */
const COMMAND_MS = 8_000;
/** How long slurmctld is asked again: the second of these. */
const SLURM_BOUNDS = { commandTimeoutMs: COMMAND_MS, deadlineMs: 4_000 };
const CALL_SECONDS = 8;
/** How long OCI is asked again; every call has its own deadline besides. */
const OCI_MS = 8_000;

export function createDoctorContext(config: Config, configFile: string, log: Log): DoctorContext {
  const { slurmBinDirectory: binDirectory, slurmConf } = config;
  const slurmOptions = { binDirectory, slurmConf, clock: systemClock, log, ...SLURM_BOUNDS };
  return {
    config,
    configFile,
    isMetricsFileSet: config.metricsFile !== defaultOf(SETTINGS.metrics_file),
    hostName: hostname(),
    isRoot: process.getuid?.() === 0,
    clock: systemClock,
    machine: machineInspection,
    slurm: {
      ...slurmOf(config, log, SLURM_BOUNDS),
      runningSettings: () => runningSettings(slurmOptions),
    },
    checkSlurmConf: slurmConfCheckOf(config),
    serviceTime: async (signal) => {
      const { askServiceTime } = await import("../../oci/service-clock.ts");
      return askServiceTime(config, () => systemClock.now(), signal);
    },
    serviceHost: async () => {
      if (config.endpoint !== undefined) return undefined;
      const { coreServiceUrl } = await import("../../oci/service-clock.ts");
      return new URL(coreServiceUrl(config)).hostname;
    },
    openCloud: () => openCloud(config, log),
  };
}

/** With credentials that are fetched once for all of the checks. */
async function openCloud(config: Config, log: Log): Promise<CloudOpening> {
  try {
    return { kind: "open", cloud: await createCloud(config, log) };
  } catch (error) {
    if (!(error instanceof OciAuthError)) throw error;
    return { kind: "refused", message: error.message };
  }
}

async function createCloud(config: Config, log: Log): Promise<Cloud> {
  const { createDoctorCloud } = await import("../oci-doctor.ts");
  const bounded = { ...config, callDeadlineSeconds: CALL_SECONDS };
  return createDoctorCloud(bounded, { clock: systemClock, log, deadlineMs: OCI_MS });
}
