/** What oci-caller.ts runs in a machine's network: nodectl's own side of OCI, with the real SDK. Reads what to do from standard input. */
import { text } from "node:stream/consumers";
import { parseConfig } from "../../nodectl/cli/config.ts";
import { cloudOf, createClientSettings, createProvider } from "../../nodectl/cli/oci-context.ts";
import { launchSettingsOf } from "../../nodectl/cli/launch-settings.ts";
import { systemClock } from "../../nodectl/cli/system-clock.ts";
import type { Config } from "../../nodectl/domain/config.ts";
import { silentLog } from "../nodectl/commands/silent-log.ts";
import type { OciRequest } from "./oci-caller.ts";

const TIMEOUT_MS = 60_000;
const tools = { clock: systemClock, log: silentLog, signal: AbortSignal.timeout(TIMEOUT_MS) };

// Our own program wrote it.
const { settings, order } = JSON.parse(await text(process.stdin)) as OciRequest;
process.stdout.write(JSON.stringify(await carryOut(configOf(settings))));

function configOf(yaml: string): Config {
  const config = parseConfig(yaml, "startnode.yaml");
  if (config.kind === "invalid") throw new Error(JSON.stringify(config.problems));
  return config.value;
}

async function carryOut(config: Config): Promise<unknown> {
  switch (order.kind) {
    case "launch": {
      const launch = launchSettingsOf(config, {
        user_data: order.userData,
        ssh_authorized_keys: "",
      });
      const provider = await createProvider(config, launch, tools);
      return provider.launchInstance(order.request);
    }
    case "capture-console": {
      const clients = await createClientSettings(config, tools);
      return cloudOf(clients, config, tools).consoles.captureConsole(order.instanceOcid);
    }
  }
}
