import type { CloudInstance } from "../sandbox/api/cloud-event.ts";

/** `network`: OCI removes no subnet that an instance has an address in. `management`: the instance is terminated. */
async function main([name, url = "", clusterId = ""]: readonly string[]): Promise<void> {
  const ours = (await instancesAt(url)).filter(
    ({ freeformTags, lifecycleState }) =>
      freeformTags["cluster"] === clusterId && lifecycleState !== "TERMINATED",
  );
  if (name === "network") {
    const names = ours.map(({ displayName }) => displayName).join(", ");
    if (names !== "") throw new Error(`the subnet is in use by ${names}`);
    return;
  }
  for (const { instanceOcid } of ours.filter(({ displayName }) => displayName === "management")) {
    const answer = await fetch(`${url}/control/instances/${instanceOcid}/actions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ action: "terminate" }),
    });
    if (!answer.ok) throw new Error(`terminating the management node: ${answer.status}`);
  }
}

async function instancesAt(url: string): Promise<readonly CloudInstance[]> {
  return (await (await fetch(`${url}/control/instances`)).json()) as readonly CloudInstance[];
}

await main(process.argv.slice(2));
