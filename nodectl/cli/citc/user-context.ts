import type { UserContext } from "../../commands/user/user-context.ts";
import { createLdapDirectory } from "../../directory/ldap-directory.ts";
import { startExport } from "../../directory/export-unit.ts";
import { forgetUser } from "../../directory/sssd-cache.ts";
import type { Config } from "../../domain/config.ts";
import type { Log } from "../../domain/log.ts";
import type { LocalNames } from "../../domain/user/user-name.ts";
import { withFileLock } from "../../files/file-lock.ts";
import { formerNumbers, retireNumber } from "../../files/former-numbers.ts";
import {
  checkSkeleton,
  homeOf,
  homeOwner,
  homeOwners,
  makeHome,
  ownKeysOf,
  removeHome,
} from "../../files/home-directory.ts";
import type { KeySources } from "../../files/key-sources.ts";
import { readLocalAccounts, type LocalAccounts } from "../../files/local-accounts.ts";
import { endSessions } from "../../files/login-sessions.ts";
import { createAccounting } from "../../slurm/accounting.ts";
import { createCommandLog } from "../command-log.ts";
import { CommandError, type ProgramInput } from "../run.ts";
import { slurmOf } from "../slurm.ts";
import { systemClock } from "../system-clock.ts";

/** Of the packages ldap-utils (Debian) and openldap-clients. */
const LDAP_UTILS = "/usr/bin";
const SKELETON = "/etc/skel";
/** slurmdbd may be starting; nobody wants to wait a minute to hear that it is away. */
const SLURM_DEADLINE_MS = 15_000;
const LOCK_DIRECTORY = "/run/citc";
const LOCK_SECONDS_MAX = 60;

/** @throws CommandError: the directory's manager, and the owner of new homes, is root */
export function requireRoot(verb: string): void {
  if (process.geteuid?.() !== 0) {
    throw new CommandError(`only root may look after users: sudo citc user ${verb}`);
  }
}

/** The settings' file has all; what goes wrong the verbs say themselves. */
export function createUserLog(verb: string, config: Config, { stderr, pid }: ProgramInput): Log {
  const program = `citc user ${verb}`;
  return createCommandLog({
    ...{ program, file: config.logFile, stream: stderr, levels: ["error"] },
    ...{ clock: systemClock, pid },
  });
}

export async function createUserContext(config: Config, log: Log): Promise<UserContext> {
  const homes = { root: config.homeDirectory, skeleton: SKELETON };
  const bounds = { deadlineMs: SLURM_DEADLINE_MS };
  const { slurmBinDirectory: binDirectory, slurmConf } = config;
  const accounting = createAccounting({
    binDirectory,
    slurmConf,
    clock: systemClock,
    log,
    ...bounds,
  });
  const scontrol = slurmOf(config, log, bounds);
  return {
    directory: createLdapDirectory({
      binDirectory: LDAP_UTILS,
      socket: config.directorySocket,
      suffix: config.directorySuffix,
    }),
    homes: {
      pathOf: (name) => homeOf(homes, name),
      ownerOf: (name) => homeOwner(homes, name),
      owners: () => homeOwners(homes),
      formerNumbers: () => formerNumbers(homes),
      retireNumber: (number) => retireNumber(homes, number),
      ownKeysOf: (name) => ownKeysOf(homes, name),
      checkSkeleton: () => checkSkeleton(homes),
      make: (name, owner) => makeHome(homes, name, owner),
      remove: (name, number) => removeHome(homes, name, number),
    },
    slurm: { ...accounting, activeJobs: () => scontrol.activeJobs() },
    local: await readLocalAccounts(),
    followers: {
      forget: (name) => forgetUser(name, log),
      saveDirectory: () => startExport(log),
      endSessions: (number) => endSessions(number, log),
    },
    clock: systemClock,
    log,
  };
}

/** Where keys come from. */
export function userSources(): KeySources {
  return { fetch: globalThis.fetch, stdin: process.stdin };
}

export function localNamesOf({ users, groups }: LocalAccounts): LocalNames {
  return {
    users: new Set(users.map(({ name }) => name)),
    groups: new Set(groups.map(({ name }) => name)),
  };
}

/**
 * Nobody else changes the same user meanwhile; a person hears whom to wait for.
 * @param name valid, so that it can be part of a path
 * @throws FileLockError
 */
export function withUserLock<Answer>(
  { stderr }: Pick<ProgramInput, "stderr">,
  name: string,
  work: () => Promise<Answer>,
): Promise<Answer> {
  const file = `${LOCK_DIRECTORY}/user-${name}.lock`;
  const holder = `somebody else changes the user ${name}`;
  const onWait = (processId: number | undefined): void => {
    const whose = processId === undefined ? "" : ` (process ${processId})`;
    stderr.write(
      `citc user: ${holder}${whose}; waiting for up to ${LOCK_SECONDS_MAX} s for that to end\n`,
    );
  };
  return withFileLock({ file, waitSecondsMax: LOCK_SECONDS_MAX, holder, onWait }, work);
}
