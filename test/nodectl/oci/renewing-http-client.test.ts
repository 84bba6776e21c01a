import type { HttpClient } from "oci-common";
import { describe, expect, it } from "vitest";
import { RenewingHttpClient } from "../../../nodectl/oci/renewing-http-client.ts";
import type { SigningIdentity } from "../../../nodectl/oci/signing-identity.ts";

/** A service that accepts one key id, and an identity that gets to it by renewing. */
function setUp(keyIds: readonly string[], accepts: () => string | undefined) {
  let index = 0;
  const sent: string[] = [];
  const renewed: string[] = [];
  const identity: SigningIdentity = {
    signingKey: () => Promise.reject(new Error("the inner client signs here")),
    renew: (refusedKeyId) => {
      renewed.push(refusedKeyId);
      if (keyIds[index] === refusedKeyId && index + 1 < keyIds.length) index++;
      return Promise.resolve(keyIds[index] !== refusedKeyId);
    },
  };
  const inner: HttpClient = {
    send: ({ headers }) => {
      const keyId = keyIds[index] ?? "";
      sent.push(keyId);
      headers.set("authorization", `Signature version="1",keyId="${keyId}",signature="x"`);
      return Promise.resolve(new Response("", { status: keyId === accepts() ? 200 : 401 }));
    },
  };
  const client = new RenewingHttpClient(inner, identity);
  const send = async (): Promise<number> =>
    (await client.send({ method: "GET", uri: "http://oci/", headers: new Headers() })).status;
  return { send, sent, renewed };
}

describe("RenewingHttpClient", () => {
  it("repeats a request once, with a new key, when an accepted key is accepted no more", async () => {
    let accepted = "a";
    const { send, sent, renewed } = setUp(["a", "b"], () => accepted);
    expect(await send()).toBe(200);
    accepted = "b";
    expect(await send()).toBe(200);
    expect(sent).toEqual(["a", "a", "b"]);
    expect(renewed).toEqual(["a"]);
  });

  it("gives the refusal back when the new key is refused as well, and asks for no third", async () => {
    let accepted: string | undefined = "a";
    const { send, renewed } = setUp(["a", "b", "c"], () => accepted);
    await send();
    accepted = undefined;
    expect(await send()).toBe(401);
    expect(await send()).toBe(401);
    expect(renewed).toEqual(["a"]);
  });

  it("asks for no other key when the first was never accepted: the reason is another", async () => {
    const { send, sent, renewed } = setUp(["a", "b"], () => undefined);
    expect(await send()).toBe(401);
    expect(sent).toEqual(["a"]);
    expect(renewed).toEqual([]);
  });

  it("gives the refusal back when there is no other key", async () => {
    let accepted: string | undefined = "a";
    const { send, sent } = setUp(["a"], () => accepted);
    await send();
    accepted = undefined;
    expect(await send()).toBe(401);
    expect(sent).toEqual(["a", "a"]);
  });
});
