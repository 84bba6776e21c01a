import { spawn } from "node:child_process";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { ClusterSettings } from "../../infra/settings.ts";
import { credentialPaths } from "../sandbox/api/credentials.ts";
import { resultOf, type ProgramResult } from "./program-result.ts";
import type { Rig } from "./rig.ts";
import type { SweepStackOptions } from "./sweep-stack.ts";

const REPOSITORY = join(import.meta.dirname, "../..");
const CDKTF = join(REPOSITORY, "node_modules/.bin/cdktf");
const LOADER = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;
const APP = `node --import ${LOADER} ${join(import.meta.dirname, "sweep-stack.ts")} options.json`;
const DESTROY = join(REPOSITORY, "infra/destroy/main.ts");
const NAME = "mouse";
/** cdktf starts four programs, one after the other, on a computer that may be busy. */
const PROGRAM_MS_MAX = 240_000;

/** A directory of an operator's, with a home of its own, from which cdktf and terraform are run. */
export class SweepDeployment {
  readonly #rig: Rig;

  private constructor(rig: Rig) {
    this.#rig = rig;
  }

  static async create(rig: Rig): Promise<SweepDeployment> {
    const deployment = new SweepDeployment(rig);
    const { config } = credentialPaths(rig.path("oci"));
    await mkdir(rig.path("home/.oci"), { recursive: true });
    // The operator's profile is another than that which the SDK would take by itself.
    const credentials = (await readFile(config, "utf8")).replace("[DEFAULT]", "[LAB]");
    await writeFile(rig.path("home/.oci/config"), credentials, { mode: 0o600 });
    await writeFile(rig.path("terraformrc"), "");
    const cdktf = {
      language: "typescript",
      app: APP,
      sendCrashReports: "false",
      projectId: "test",
    };
    await writeFile(rig.path("cdktf.json"), JSON.stringify(cdktf));
    await deployment.configure();
    return deployment;
  }

  /** Writes the settings, as an operator who edits cluster.yaml. */
  async configure(changes: Partial<ClusterSettings> = {}): Promise<void> {
    const options: SweepStackOptions = {
      settings: { ...settingsIn(this.#rig), ...changes },
      stateFile: this.#rig.path("mouse.tfstate"),
      url: this.#rig.api.url,
    };
    await writeFile(this.#rig.path("options.json"), JSON.stringify(options));
  }

  async deploy(): Promise<ProgramResult> {
    return await this.#cdktf("deploy", "--auto-approve");
  }

  async destroy(): Promise<ProgramResult> {
    return await this.#cdktf("destroy", "--auto-approve");
  }

  /** What `npm run destroy` does after its synth. */
  async destroyButKept(): Promise<ProgramResult> {
    const argv = ["--import", LOADER, DESTROY, "-auto-approve", "-no-color"];
    return await this.#run(process.execPath, argv);
  }

  /** Without cdktf's command line. What was synthesized before is thrown away. */
  async synth(): Promise<ProgramResult> {
    await rm(this.#rig.path("cdktf.out"), { recursive: true, force: true });
    return await this.#run("sh", ["-c", APP]);
  }

  async terraform(verb: string, ...args: readonly string[]): Promise<ProgramResult> {
    const chdir = `-chdir=cdktf.out/stacks/${NAME}`;
    return await this.#run("terraform", [chdir, verb, "-no-color", "-input=false", ...args]);
  }

  /** What Terraform still has, by its names. */
  async resources(): Promise<readonly string[]> {
    const { resources } = await this.#state();
    return resources.map(({ name }) => name).sort();
  }

  async clusterId(): Promise<string> {
    return (await this.#state()).outputs["cluster"]?.value ?? "";
  }

  async #state(): Promise<State> {
    return JSON.parse(await readFile(this.#rig.path("mouse.tfstate"), "utf8")) as State;
  }

  #cdktf(verb: string, ...args: readonly string[]): Promise<ProgramResult> {
    return this.#run(CDKTF, [verb, NAME, ...args, "--skip-provider-lock"]);
  }

  async #run(program: string, args: readonly string[]): Promise<ProgramResult> {
    const env = {
      PATH: process.env["PATH"],
      HOME: this.#rig.path("home"),
      TF_CLI_CONFIG_FILE: this.#rig.path("terraformrc"),
      CHECKPOINT_DISABLE: "1",
      TSX_DISABLE_CACHE: "1",
    };
    const child = spawn(program, args, { cwd: this.#rig.directory, env, stdio: "pipe" });
    return await resultOf(child, PROGRAM_MS_MAX);
  }
}

interface State {
  readonly outputs: Readonly<Record<string, { readonly value: string }>>;
  readonly resources: readonly { readonly name: string }[];
}

function settingsIn({ region }: Rig): ClusterSettings {
  const [subnet] = region.subnets;
  return {
    name: NAME,
    region: region.name,
    homeRegion: region.name,
    tenancyOcid: undefined,
    compartmentOcid: region.compartments[0]?.ocid ?? "",
    ociProfile: "LAB",
    availabilityDomains: { management: 1, fileSystem: 1 },
    management: { shape: "VM.Standard2.1", size: undefined, imageOcid: undefined },
    network: {
      kind: "existing",
      vcnOcid: region.vcn.ocid,
      managementSubnetOcid: subnet?.ocid ?? "",
      computeSubnetOcid: subnet?.ocid ?? "",
    },
    access: { sshCidrs: [], sshPublicKeys: [] },
    ansible: { repository: "", ref: "" },
    identity: { mode: "existing" },
    keepFileSystem: false,
  };
}
