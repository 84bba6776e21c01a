import { createSocket } from "node:dgram";
import { once } from "node:events";
import { AUTHORITATIVE_ANSWER, decode, encode, type Packet, type Question } from "dns-packet";
import type { Log } from "../../../nodectl/domain/log.ts";
import { errorText } from "../../../nodectl/domain/error-text.ts";

export interface NameServerOptions {
  readonly host: string;
  /** 0: the system chooses. */
  readonly port: number;
  /** An IPv4 address; undefined: there is no such name. */
  readonly lookUp: (name: string) => string | undefined;
  readonly log: Log;
}

export interface NameServer {
  readonly port: number;
  close(): Promise<void>;
}

/** As long as a terminated instance's name may live on in a cache. */
const TTL_SECONDS = 5;
/** RFC 1035, 4.1.1: name error. */
const NXDOMAIN = 3;

/**
 * The VCN's resolver, over UDP: addresses of machines, and NXDOMAIN for every other name, because nothing leads out of the region. Rejects with
 * the system's error when the place is taken.
 */
export async function startNameServer({
  host,
  port,
  lookUp,
  log,
}: NameServerOptions): Promise<NameServer> {
  const socket = createSocket("udp4");
  socket.on("message", (message, sender) => {
    try {
      socket.send(encode(answer(decode(message), lookUp)), sender.port, sender.address);
    } catch (error) {
      log.warn("A machine asked for no name that could be read", {
        ipAddress: sender.address,
        reason: errorText(error),
      });
    }
  });
  socket.bind({ address: host, port });
  await once(socket, "listening");
  return {
    port: socket.address().port,
    close: async () => {
      const closed = once(socket, "close");
      socket.close();
      await closed;
    },
  };
}

function answer(query: Packet, lookUp: NameServerOptions["lookUp"]): Packet {
  const questions = query.questions ?? [];
  const [question] = questions;
  const address = question && lookUp(question.name);
  const code = address === undefined ? NXDOMAIN : 0;
  return {
    type: "response",
    id: query.id ?? 0,
    flags: AUTHORITATIVE_ANSWER | code,
    questions,
    answers: address === undefined ? [] : answersOf(question, address),
  };
}

/** A name has an IPv4 address alone: to a question for another type the answer is empty. */
function answersOf(question: Question | undefined, address: string): Packet["answers"] {
  if (question?.type !== "A") return [];
  return [{ type: "A", name: question.name, ttl: TTL_SECONDS, data: address }];
}
