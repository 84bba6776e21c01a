import { createHash, createSign } from "node:crypto";
import { createCredentials, type Credentials } from "./credentials.ts";
import { createRegion } from "./region.ts";

/** One key for all tests: making one takes a while. */
export const CREDENTIALS: Credentials = createCredentials(createRegion().tenancyOcid);

export interface RawCall {
  readonly method?: "GET" | "POST" | "DELETE";
  /** Path and query, without the version. */
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Changes what was signed: a header that is undefined is left out. */
  readonly tamper?: (signed: SignedCall) => SignedCall;
  readonly credentials?: Credentials;
  readonly date?: Date;
}

export interface SignedCall {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** Signs as Oracle's "Request Signatures" has it, with node:crypto alone. */
export function signCall(url: string, call: RawCall): SignedCall {
  const { method = "GET", path, credentials = CREDENTIALS, date = new Date() } = call;
  const target = `/20160918/${path}`;
  const body = call.body === undefined ? undefined : bodyText(call.body);
  const base: Record<string, string> = { host: new URL(url).host, date: date.toUTCString() };
  if (method === "POST") {
    base["content-length"] = String(Buffer.byteLength(body ?? ""));
    base["content-type"] = "application/json";
    base["x-content-sha256"] = createHash("sha256")
      .update(body ?? "")
      .digest("base64");
  }
  const names = ["date", "(request-target)", ...Object.keys(base).filter((one) => one !== "date")];
  const text = names.map((name) =>
    name === "(request-target)"
      ? `${name}: ${method.toLowerCase()} ${target}`
      : `${name}: ${base[name] ?? ""}`,
  );
  const signature = createSign("RSA-SHA256")
    .update(text.join("\n"))
    .sign(credentials.privateKeyPem, "base64");
  const authorization =
    `Signature version="1",keyId="${credentials.keyId}",algorithm="rsa-sha256",` +
    `headers="${names.join(" ")}",signature="${signature}"`;
  return {
    url: `${url}${target}`,
    method,
    headers: { ...base, authorization, ...call.headers },
    body,
  };
}

function bodyText(body: unknown): string {
  return typeof body === "string" ? body : JSON.stringify(body);
}
