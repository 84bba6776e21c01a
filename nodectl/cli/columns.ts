/** Where stdout is no terminal, or one that has not been told its size and says 0. */
const COLUMNS_DEFAULT = 80;

/** How wide a report may be. */
export function columnsOf({ isTTY, columns }: NodeJS.WriteStream): number {
  return isTTY && columns > 0 ? columns : COLUMNS_DEFAULT;
}
