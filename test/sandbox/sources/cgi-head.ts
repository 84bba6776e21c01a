import type { Readable } from "node:stream";

/** What a CGI program says before its content (RFC 3875, 6.3). */
export interface CgiHead {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The beginning of the content, which came with it. */
  readonly rest: Buffer;
}

const HEAD_BYTES_MAX = 16 * 1024;
const HEAD_END = "\r\n\r\n";

/** Reads the head from a program's output and leaves the rest in it. @throws when it ends or grows without one */
export async function readCgiHead(output: Readable): Promise<CgiHead> {
  let text = Buffer.alloc(0);
  // The stream goes on afterwards.
  const chunks = output.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
  for await (const chunk of chunks) {
    text = Buffer.concat([text, chunk]);
    const end = text.indexOf(HEAD_END);
    if (end >= 0) {
      return { ...parseHead(text.toString("latin1", 0, end)), rest: text.subarray(end + 4) };
    }
    if (text.length > HEAD_BYTES_MAX) break;
  }
  throw new Error(`no CGI head in ${text.length} bytes`);
}

function parseHead(head: string): Omit<CgiHead, "rest"> {
  const fields = head.split("\r\n").map((line) => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
  });
  const status = fields.find(([name]) => name === "status")?.[1];
  return {
    status: Number.parseInt(status ?? "200", 10),
    headers: Object.fromEntries(fields.filter(([name]) => name !== "status")),
  };
}
