/** Numbers that only grow, each under a name and its labels; kept from one pass of reconcile to the next. */
export type Counts = Readonly<Record<string, number>>;

/** The labels of one count, in the order of their keys, so that the same labels are the same count. */
type Labels = Readonly<Record<string, string>>;

export function addCount(counts: Counts, name: string, labels: Labels, by = 1): Counts {
  const key = countKey(name, labels);
  return { ...counts, [key]: (counts[key] ?? 0) + by };
}

/** The counts of one name with their labels. */
export function countsOf(
  counts: Counts,
  name: string,
): readonly { readonly labels: Labels; readonly value: number }[] {
  return Object.entries(counts).flatMap(([key, value]) => {
    const [countName, labels] = JSON.parse(key) as [string, Record<string, string>];
    return countName === name ? [{ labels, value }] : [];
  });
}

function countKey(name: string, labels: Labels): string {
  const sorted = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([name, Object.fromEntries(sorted)]);
}
