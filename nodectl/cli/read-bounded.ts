/** More than anybody needs to send. */
export class TooMuchError extends Error {
  override readonly name = "TooMuchError";

  constructor(bytesMax: number) {
    super(`more than ${bytesMax / 1024} kB; check that it is the right thing`);
  }
}

/**
 * A stream as text.
 * @throws TooMuchError
 */
export async function readBounded(
  stream: AsyncIterable<Uint8Array | string>,
  bytesMax: number,
): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    const buffer = Buffer.from(chunk);
    bytes += buffer.length;
    if (bytes > bytesMax) throw new TooMuchError(bytesMax);
    chunks.push(buffer);
  }
  return Buffer.concat(chunks).toString("utf8");
}
