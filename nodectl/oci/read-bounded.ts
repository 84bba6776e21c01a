/** Longer than anything that we ask for; no reason to fill the memory. */
export class AnswerTooLargeError extends Error {
  override readonly name = "AnswerTooLargeError";

  constructor(bytesMax: number) {
    super(`the answer is larger than ${bytesMax} bytes`);
  }
}

/**
 * The whole of a body, as it came.
 * @throws AnswerTooLargeError
 */
export async function readBounded(
  body: AsyncIterable<Uint8Array>,
  bytesMax: number,
): Promise<Buffer<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > bytesMax) throw new AnswerTooLargeError(bytesMax);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
