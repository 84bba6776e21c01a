import { generateKeyPair } from "node:crypto";
import { promisify } from "node:util";
import type { Clock } from "../domain/clock.ts";
import { errorText } from "../domain/error-text.ts";
import type { Log } from "../domain/log.ts";
import { readInstanceCertificate } from "./instance-certificate.ts";
import { OciAuthError } from "./oci-auth-error.ts";
import { requestToken } from "./security-token.ts";
import type { SigningIdentity, SigningKey } from "./signing-identity.ts";
import { withinTime } from "./within-time.ts";

export interface InstancePrincipalOptions {
  /** Base URL of the metadata service. */
  readonly metadataEndpoint: string;
  /** Of OCI's federation service, with its path. */
  readonly federationUrl: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Aborts at the run's deadline: no token is fetched after it. */
  readonly signal: AbortSignal;
}

interface Session extends SigningKey {
  readonly expiresAtMs: number;
  /** From then on the next token is fetched while this one still holds. */
  readonly renewAtMs: number;
}

/** What the SDKs make; OCI takes no shorter key. */
const SESSION_KEY_BITS = 2048;
/** For certificate, key and token together, with all repetitions. */
const SESSION_DEADLINE_MS = 30_000;
/** Before its end a token is renewed: longer than any call takes; a quarter of the life of one that lives shortly. */
const RENEWAL_MARGIN_MS = 5 * 60_000;
/** After a renewal in good time has failed, until the next try. */
const RENEWAL_PAUSE_MS = 30_000;

/**
 * The instance that this runs on, as OCI knows it. One token serves all calls of the process: it is fetched before the
 * first, and once more, for everybody, when it nears its end or OCI stops accepting it.
 */
export class InstancePrincipal implements SigningIdentity {
  readonly #options: InstancePrincipalOptions;
  #session: Session;
  #renewal: Promise<Session> | undefined;
  #pausedUntilMs = 0;

  private constructor(options: InstancePrincipalOptions, session: Session) {
    this.#options = options;
    this.#session = session;
  }

  /** @throws OciAuthError */
  static async open(options: InstancePrincipalOptions): Promise<InstancePrincipal> {
    return new InstancePrincipal(options, await openSession(options));
  }

  async signingKey(): Promise<SigningKey> {
    const nowMs = this.#options.clock.now();
    const { renewAtMs, expiresAtMs } = this.#session;
    if (nowMs < renewAtMs) return this.#session;
    if (nowMs >= expiresAtMs) return await this.#renew();
    this.#renewInGoodTime(nowMs);
    return this.#session;
  }

  async renew(refusedKeyId: string): Promise<boolean> {
    // Somebody else was refused earlier, and has seen to it.
    if (this.#session.keyId !== refusedKeyId) return true;
    return await this.#tryToRenew();
  }

  #renewInGoodTime(nowMs: number): void {
    if (this.#renewal !== undefined || nowMs < this.#pausedUntilMs) return;
    this.#pausedUntilMs = nowMs + RENEWAL_PAUSE_MS;
    void this.#tryToRenew();
  }

  async #tryToRenew(): Promise<boolean> {
    try {
      await this.#renew();
      return true;
    } catch (error) {
      const reason = errorText(error);
      this.#options.log.warn("could not renew the token", { reason });
      return false;
    }
  }

  #renew(): Promise<Session> {
    this.#renewal ??= openSession(this.#options)
      .then((session) => (this.#session = session))
      .finally(() => {
        this.#renewal = undefined;
      });
    return this.#renewal;
  }
}

async function openSession(options: InstancePrincipalOptions): Promise<Session> {
  const { metadataEndpoint, federationUrl, clock, signal } = options;
  return await withinTime(SESSION_DEADLINE_MS, signal, async (bounded) => {
    // Making the key takes as long as everything else: in another thread, meanwhile.
    const making = promisify(generateKeyPair)("rsa", { modulusLength: SESSION_KEY_BITS });
    const reading = readInstanceCertificate(metadataEndpoint, bounded);
    const [{ publicKey, privateKey }, identity] = await Promise.all([making, reading]);
    const startedMs = clock.now();
    const { token, expiresAtMs } = await requestToken({
      url: federationUrl,
      identity,
      publicKey,
      signal: bounded,
      now: () => clock.now(),
    });
    const lifeMs = expiresAtMs - startedMs;
    if (lifeMs <= 0) throw new OciAuthError(expiredAtOnce(expiresAtMs, startedMs));
    const marginMs = Math.min(RENEWAL_MARGIN_MS, lifeMs / 4);
    return { keyId: `ST$${token}`, privateKey, expiresAtMs, renewAtMs: expiresAtMs - marginMs };
  });
}

function expiredAtOnce(expiresAtMs: number, nowMs: number): string {
  const minutes = Math.ceil((nowMs - expiresAtMs) / 60_000);
  return (
    `no credentials: OCI's new token ended ${minutes} minutes ago by this computer's clock, ` +
    `which is wrong: set it (chronyc makestep)`
  );
}
