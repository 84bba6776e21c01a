import { dirname } from "node:path";
import { judgeBootFiles } from "../../domain/doctor/boot-files.ts";
import {
  type Finding,
  ok,
  problemsOr,
  skipped,
  warning,
  wrong,
} from "../../domain/doctor/finding.ts";
import { judgeSpace } from "../../domain/doctor/free-space.ts";
import { judgeSharedMount } from "../../domain/doctor/mounts.ts";
import { settingIn } from "../../domain/doctor/slurm-files.ts";
import { judgeUnits, WANTED_UNITS } from "../../domain/doctor/units.ts";
import { describeUnready } from "../readiness.ts";
import type { Check } from "./check.ts";
import type { DoctorContext } from "./doctor-context.ts";
import { lookAtFile, lookAtSpace, readIfThere } from "./look-at-files.ts";
import { checkPrograms } from "./program-check.ts";
import { judgeReadable, judgeWritable, slurmUserOf } from "./slurm-user.ts";
import { directoryThere, lookAtConsoles, lookAtMetrics, lookAtPause } from "./written-files.ts";

const LOCAL = "look at the machine's load (top) and its disks (dmesg | tail)";

/** The management node itself: what can be seen without Slurm and without OCI. */
export function machineChecks(context: DoctorContext): readonly Check[] {
  const check = (
    id: string,
    title: string,
    run: (it: DoctorContext) => Promise<readonly Finding[]>,
  ): Check => ({
    ...{ id, title, whenSilent: LOCAL },
    run: () => run(context),
  });
  return [
    check("user", "User", lookAtUser),
    check("settings", "Settings", lookAtSettings),
    {
      ...check("shared", "Shared files", lookAtShared),
      whenSilent: "the NFS server does not answer: look at the mount target in OCI, then mount -a",
    },
    { ...check("set-up", "Set-up", lookAtSetUp), needs: ["shared"] },
    { ...check("programs", "Programs", checkPrograms), needs: ["shared"] },
    check("boot-files", "Boot script", lookAtBootFiles),
    check("log", "Log", lookAtLog),
    check("run-files", "Run files", lookAtRunFiles),
    { ...check("space", "Disk space", lookAtSpaceLeft), needs: ["shared"] },
    {
      ...check("munge", "munge", tryMunge),
      whenSilent: "systemctl restart munge: it does not answer",
    },
    check("units", "Units", lookAtUnits),
    check("pause", "Pause", lookAtPause),
    check("metrics", "Metrics", lookAtMetrics),
    check("consoles", "Consoles", lookAtConsoles),
  ];
}

function lookAtUser({ isRoot }: DoctorContext): Promise<readonly Finding[]> {
  const fix = "sudo citc doctor: what only root may see is not looked at";
  return Promise.resolve([isRoot ? ok("runs as root") : warning("does not run as root", fix)]);
}

async function lookAtSettings(context: DoctorContext): Promise<readonly Finding[]> {
  const { configFile, config } = context;
  const keyFile = config.auth.kind === "config_file" ? [config.auth.ociConfigFile] : [];
  const findings = await judgeReadable(context, [configFile, ...keyFile]);
  return problemsOr(findings, `${configFile} is right`);
}

async function lookAtShared({
  config,
  machine,
  isRoot,
}: DoctorContext): Promise<readonly Finding[]> {
  const mounted = judgeSharedMount(config.slurmDirectory, await machine.mounts());
  if (mounted.kind !== "ok" || !isRoot) return [mounted];
  const written = await machine.tryToWrite(config.slurmDirectory);
  if (written.kind === "done") return [ok(`${mounted.seen} and can be written to`)];
  const fix = `mkdir -p ${config.slurmDirectory}; let root write there (export option identitySquash=NONE)`;
  return [wrong(`cannot write to ${config.slurmDirectory}: ${written.message}`, fix)];
}

async function lookAtSetUp({ config, hostName }: DoctorContext): Promise<readonly Finding[]> {
  const { finalisedDirectory } = config;
  const unready = await describeUnready({ finalisedDirectory, hostName });
  if (unready === undefined) return [ok(`${hostName} is set up`)];
  const [seen = unready] = unready.split("\n");
  return [wrong(seen, "tail -f /root/ansible-pull.log shows how far the playbook is")];
}

async function lookAtBootFiles(context: DoctorContext): Promise<readonly Finding[]> {
  const { userDataFile, sshKeysFile } = context.config;
  const userData = await readIfThere(userDataFile);
  const sshKeys = await readIfThere(sshKeysFile);
  if (userData === undefined || sshKeys === undefined) {
    const [path, key] =
      userData === undefined ? [userDataFile, "user_data_file"] : [sshKeysFile, "ssh_keys_file"];
    return [wrong(`${path} is not there`, `run the playbook, or set ${key} in startnode.yaml`)];
  }
  const unreadable = await judgeReadable(context, [userDataFile, sshKeysFile]);
  const judged = judgeBootFiles({ userDataFile, userData, sshKeysFile, sshKeys });
  return unreadable.length === 0 ? judged : [...unreadable, ...judged];
}

async function lookAtLog(context: DoctorContext): Promise<readonly Finding[]> {
  const { logFile } = context.config;
  const directory = dirname(logFile);
  if ((await lookAtFile(directory)).kind !== "directory") {
    const fix = `install --directory --owner=${await slurmUserOf(context)} ${directory}`;
    return [wrong(`there is no directory ${directory}`, fix)];
  }
  const isThere = (await lookAtFile(logFile)).kind !== "absent";
  return await judgeWritable(context, isThere ? logFile : directory);
}

async function lookAtRunFiles(context: DoctorContext): Promise<readonly Finding[]> {
  const { capacityFile, reconcileFile } = context.config;
  const directory = dirname(capacityFile);
  const rootDirectory = await lookAtFile(dirname(reconcileFile));
  const exposed = rootDirectory.ownerUid !== 0 || (rootDirectory.mode & 0o022) !== 0;
  const fix = `chown root:root ${rootDirectory.path}; chmod 0755 ${rootDirectory.path}: root's locks are there`;
  const findings = exposed ? [warning(`${rootDirectory.path} is not root's alone`, fix)] : [];
  if ((await lookAtFile(directory)).kind === "absent") {
    const user = await slurmUserOf(context);
    const seen = `${directory} is not there: each run of startnode tries full places anew`;
    const make = `install --directory --owner=${user} --mode=0755 ${directory} (finish does it too)`;
    return [...findings, warning(seen, make)];
  }
  return [...findings, ...(await judgeWritable(context, directory))];
}

async function lookAtSpaceLeft({ config }: DoctorContext): Promise<readonly Finding[]> {
  const main = (await readIfThere(config.slurmConf)) ?? "";
  const state = settingIn(main, "StateSaveLocation");
  const consoles = await directoryThere(config.consoleDirectory);
  const paths = ["/", "/tmp", dirname(config.logFile), consoles, config.slurmDirectory];
  return judgeSpace(await lookAtSpace(state === undefined ? paths : [...paths, state]));
}

async function tryMunge({ machine }: DoctorContext): Promise<readonly Finding[]> {
  const attempt = await machine.tryMunge();
  if (attempt.kind === "done") return [ok("a credential was made and read back")];
  const fix = "systemctl restart munge; journalctl -u munge -n 20 says why it ended";
  return [wrong(attempt.message, fix)];
}

async function lookAtUnits({ machine }: DoctorContext): Promise<readonly Finding[]> {
  const sight = await machine.unitStates(WANTED_UNITS.map(({ name }) => name));
  switch (sight.kind) {
    case "asked":
      return judgeUnits(sight.states);
    case "no-systemd":
      return [skipped("systemd does not run here")];
    case "failed":
      return [wrong(sight.message, "systemctl status says how systemd is")];
  }
}
