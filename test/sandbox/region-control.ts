import { ApiError, invalidParameter } from "./api/api-error.ts";
import { BODY_PROBLEMS } from "./api/check-launch.ts";
import type { Cloud } from "./api/cloud.ts";
import { makeCustomImage } from "./api/custom-image-by-hand.ts";
import { ok, type ControlRequest, type ControlRoute } from "./api/control-route.ts";
import { FieldReader } from "./api/field-reader.ts";
import type { Hypervisor, RunningMachine } from "./machines/hypervisor.ts";
import type { MachineFate } from "./machines/machine-fate.ts";
import { runInMachine, type MachineCommand } from "./machines/run-in-machine.ts";

/** A machine with power on, as the control API shows it. */
export interface MachineReport {
  readonly cluster: string;
  readonly name: string;
  readonly role: "management" | "compute";
  readonly address: string;
  readonly instanceOcid: string;
  /** Of its first process, in the region's namespace of processes. */
  readonly processId: number;
  /** Of a machine that boots: the directory of its control group, below the region's working directory. */
  readonly controlGroup?: string;
}

/** The machines' part of the control API. */
export function machineRoutes(cloud: Cloud, hypervisor: Hypervisor): readonly ControlRoute[] {
  return [
    {
      method: "GET",
      path: "/control/machines",
      handle: async () => ok(await reportMachines(hypervisor)),
    },
    {
      method: "POST",
      path: "/control/machines/{cluster}/{name}/commands",
      handle: async (request) => {
        const { machine } = await findMachine(hypervisor, request);
        return ok(await runInMachine(await machine.inside(), readCommand(request.body)));
      },
    },
    {
      method: "POST",
      path: "/control/machines/{cluster}/{name}/power-cut",
      handle: async (request) => {
        const { instance } = await findMachine(hypervisor, request);
        await hypervisor.cutPower(instance.instanceOcid);
        return ok({});
      },
    },
    {
      method: "POST",
      path: "/control/machines/{cluster}/{name}/images",
      handle: async (request) => {
        const running = await findMachine(hypervisor, request);
        const addImage = (): string => makeCustomImage(cloud, request.body).imageOcid;
        return ok({ imageOcid: await hypervisor.capture(running, addImage) });
      },
    },
    {
      method: "POST",
      path: "/control/machines/{cluster}/{name}/fate",
      handle: ({ params, body }) => {
        const { cluster = "", name = "" } = params;
        const fate = readFate(body);
        if (fate?.kind === "small" && hypervisor.isBooting) {
          throw invalidParameter("kind small is for machines that do not boot: use node or hangs");
        }
        if (!hypervisor.setFate(cluster, name, fate)) {
          throw new ApiError(404, "NotFound", `no cluster ${cluster}`);
        }
        return ok({});
      },
    },
  ];
}

async function reportMachines(hypervisor: Hypervisor): Promise<readonly MachineReport[]> {
  const running = await hypervisor.list();
  return Promise.all(
    running.map(async ({ clusterId, instance, machine }) => ({
      cluster: clusterId,
      name: machine.description.name,
      role: machine.description.role,
      address: instance.privateIp,
      instanceOcid: instance.instanceOcid,
      ...(await machine.inside()),
    })),
  );
}

async function findMachine(
  hypervisor: Hypervisor,
  { params }: ControlRequest,
): Promise<RunningMachine> {
  const running = await hypervisor.list();
  const found = running.find(
    ({ clusterId, machine }) =>
      clusterId === params["cluster"] && machine.description.name === params["name"],
  );
  if (found !== undefined) return found;
  const names = running.map(({ clusterId, machine }) => `${clusterId}/${machine.description.name}`);
  throw new ApiError(
    404,
    "NotFound",
    `no machine ${params["cluster"] ?? ""}/${params["name"] ?? ""} has power; there are ${names.join(", ")}`,
  );
}

function readCommand(body: unknown): MachineCommand {
  const known = ["argv", "user", "stdin", "timeoutSeconds"];
  const fields = FieldReader.open(body, "", known, BODY_PROBLEMS);
  const argv = fields.raw("argv");
  if (!isArgv(argv)) throw invalidParameter("argv must be a list of strings, not empty");
  return {
    argv,
    user: fields.requiredString("user"),
    stdin: fields.string("stdin") ?? "",
    timeoutSeconds: fields.requiredNumber("timeoutSeconds"),
  };
}

/** Undefined: an ordinary node. */
function readFate(body: unknown): MachineFate | undefined {
  const fields = FieldReader.open(body, "", ["kind", "console", "cpus"], BODY_PROBLEMS);
  const kind = fields.requiredString("kind");
  switch (kind) {
    case "node":
      return undefined;
    case "hangs":
      return { kind, console: fields.requiredString("console") };
    case "small":
      return { kind, cpus: readCpus(fields.requiredNumber("cpus")) };
    default:
      throw invalidParameter(`kind ${kind} is unknown: use node, hangs or small`);
  }
}

/** Slurm's own least number. */
function readCpus(cpus: number): number {
  if (Number.isInteger(cpus) && cpus >= 1) return cpus;
  throw invalidParameter(`cpus ${cpus} is not valid: it must be a whole number from 1`);
}

function isArgv(value: unknown): value is readonly [string, ...string[]] {
  return (
    Array.isArray(value) && value.length > 0 && value.every((part) => typeof part === "string")
  );
}
