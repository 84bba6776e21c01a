import type { HttpRequest } from "oci-common";
import { describe, expect, it } from "vitest";
import { PlainTextHttpClient } from "../../../nodectl/oci/plain-text-http-client.ts";

const REQUEST: HttpRequest = { uri: "http://oci/data", method: "GET", headers: new Headers() };

function sendThrough(response: Response): Promise<Response> {
  return new PlainTextHttpClient({ send: () => Promise.resolve(response) }).send(REQUEST);
}

describe("PlainTextHttpClient", () => {
  it.each(["", "login: ", "[ 0.000] Linux", "null", '"quoted', '"one" and "two"'])(
    "makes text into JSON: %j",
    async (text) => {
      const headers = { "opc-bytes-remaining": "7" };
      const answer = await sendThrough(new Response(text, { status: 200, headers }));
      expect(await answer.json()).toBe(text);
      expect(answer.headers.get("opc-bytes-remaining")).toBe("7");
    },
  );

  it("leaves a JSON text as it is, should OCI do as its reference says", async () => {
    const answer = await sendThrough(new Response(JSON.stringify("login: \n")));
    expect(await answer.json()).toBe("login: \n");
  });

  it("leaves refusals as they are", async () => {
    const refusal = { code: "NotAuthorizedOrNotFound", message: "no" };
    const answer = await sendThrough(new Response(JSON.stringify(refusal), { status: 404 }));
    expect([answer.status, await answer.json()]).toEqual([404, refusal]);
  });
});
