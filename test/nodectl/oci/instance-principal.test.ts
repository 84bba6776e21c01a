import { describe, expect, it } from "vitest";
import { OciAuthError } from "../../../nodectl/oci/oci-auth-error.ts";
import { TOKEN_LIFE_MS, usePrincipalWorlds, type PrincipalWorld } from "./principal-world.ts";
import { silentLog } from "../commands/silent-log.ts";

const createWorld = usePrincipalWorlds();

const MINUTE_MS = 60_000;

/** Not repeated by the client: a test need not wait. */
function refuseTokens({ api }: PrincipalWorld): void {
  const answer = { kind: "error", status: 400, code: "InvalidParameter", message: "no" } as const;
  api.faults.add({ operation: "GetSecurityToken", answer });
}

function times<Value>(count: number, make: () => Promise<Value>): Promise<Value[]> {
  return Promise.all(Array.from({ length: count }, make));
}

/** Making a key takes a second on a busy computer. */
const PATIENTLY = { timeout: 20_000 };

describe("InstancePrincipal", () => {
  it("asks for one token, with three requests to the metadata service, for any number of calls", async () => {
    const world = await createWorld();
    const principal = await world.open();
    const keys = await times(100, () => principal.signingKey());
    expect(new Set(keys).size).toBe(1);
    expect(keys[0]?.keyId).toMatch(/^ST\$\w+\.\w+/);
    expect(world.count("GetMetadata")).toBe(3);
    expect(world.count("GetSecurityToken")).toBe(1);
  });

  it("gets the next token while the last still holds, once for everybody, and keeps nobody waiting", async () => {
    const world = await createWorld();
    const principal = await world.open();
    const first = await principal.signingKey();
    world.clock.advance(TOKEN_LIFE_MS - 4 * MINUTE_MS);
    expect(new Set(await times(50, () => principal.signingKey()))).toEqual(new Set([first]));
    await expect.poll(() => principal.signingKey(), PATIENTLY).not.toBe(first);
    expect(world.count("GetSecurityToken")).toBe(2);
  });

  it("waits for the next token when the last has expired, once for everybody", async () => {
    const world = await createWorld();
    const principal = await world.open();
    const first = await principal.signingKey();
    world.clock.advance(TOKEN_LIFE_MS + MINUTE_MS);
    const keys = await times(50, () => principal.signingKey());
    expect(new Set(keys).size).toBe(1);
    expect(keys[0]).not.toBe(first);
    expect(world.count("GetSecurityToken")).toBe(2);
  });

  it("renews once, however many calls were refused with the same token", async () => {
    const world = await createWorld();
    const principal = await world.open();
    const { keyId } = await principal.signingKey();
    expect(new Set(await times(50, () => principal.renew(keyId)))).toEqual(new Set([true]));
    // One that comes late.
    expect(await principal.renew(keyId)).toBe(true);
    expect(world.count("GetSecurityToken")).toBe(2);
    expect((await principal.signingKey()).keyId).not.toBe(keyId);
  });

  it("goes on with a token that holds when the next is not to be had, and tries again later", async () => {
    const world = await createWorld();
    const principal = await world.open();
    const first = await principal.signingKey();
    world.clock.advance(TOKEN_LIFE_MS - 4 * MINUTE_MS);
    refuseTokens(world);
    await principal.signingKey();
    await expect.poll(() => world.warnings, PATIENTLY).toHaveLength(1);
    expect(await principal.signingKey()).toBe(first);
    expect(world.count("GetSecurityToken")).toBe(2);
    world.api.faults.clear();
    world.clock.advance(MINUTE_MS);
    await expect.poll(() => principal.signingKey(), PATIENTLY).not.toBe(first);
  });

  it("says that a refused token cannot be renewed, and why", async () => {
    const world = await createWorld();
    const principal = await world.open();
    const { keyId } = await principal.signingKey();
    refuseTokens(world);
    expect(await principal.renew(keyId)).toBe(false);
    expect(world.warnings.join()).toMatch(/could not renew the token: .*400 InvalidParameter/);
  });

  it("throws when the last token has expired and no other is to be had", async () => {
    const world = await createWorld();
    const principal = await world.open();
    world.clock.advance(TOKEN_LIFE_MS);
    refuseTokens(world);
    await expect(principal.signingKey()).rejects.toThrow(OciAuthError);
  });

  it("sets up nothing once the run's deadline has passed", async () => {
    const world = await createWorld();
    const { InstancePrincipal } = await import("../../../nodectl/oci/instance-principal.ts");
    const opening = InstancePrincipal.open({
      metadataEndpoint: world.metadata.url,
      federationUrl: `${world.api.url}/v1/x509`,
      clock: world.clock,
      log: silentLog,
      signal: AbortSignal.abort(new Error("the run is over")),
    });
    await expect(opening).rejects.toThrow(OciAuthError);
    expect(world.count("GetSecurityToken")).toBe(0);
  });
});
