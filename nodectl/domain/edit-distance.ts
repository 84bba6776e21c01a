/**
 * Damerau-Levenshtein distance (optimal string alignment): how many letters to insert, drop, replace or swap
 * with a neighbour. Case counts for little: OCI's names differ from a typing error by it often enough.
 */
export function editDistance(left: string, right: string): number {
  const [a, b] = [left.toLowerCase(), right.toLowerCase()];
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const replaced = at(previous, column - 1) + (a[row - 1] === b[column - 1] ? 0 : 1);
      const edited = Math.min(replaced, at(previous, column) + 1, at(current, column - 1) + 1);
      const isSwap = row > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      current.push(isSwap ? Math.min(edited, at(beforePrevious, column - 2) + 1) : edited);
    }
    [beforePrevious, previous] = [previous, current];
  }
  return at(previous, b.length);
}

const COMPARED_LENGTH_MAX = 100;

/**
 * The candidates that a person may have meant, nearest first: within a third of the word's length.
 * Words are compared by their first 100 letters, so that a huge one costs nothing.
 */
export function nearestNames(
  word: string,
  candidates: readonly string[],
  countMax = 3,
): readonly string[] {
  const compared = word.slice(0, COMPARED_LENGTH_MAX);
  const distanceMax = Math.max(2, Math.floor(compared.length / 3));
  return candidates
    .map((name) => ({ name, distance: editDistance(compared, name.slice(0, COMPARED_LENGTH_MAX)) }))
    .filter(({ distance }) => distance <= distanceMax)
    .sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1))
    .slice(0, countMax)
    .map(({ name }) => name);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY;
}
