/** A list that holds at least one. */
export type NonEmpty<T> = readonly [T, ...T[]];

/** Whether a list holds any. */
export function isNonEmpty<T>(list: readonly T[]): list is NonEmpty<T> {
  return list.length > 0;
}

/** The list of what is made of each. */
export function mapEach<T, Made>(
  [first, ...others]: NonEmpty<T>,
  make: (each: T) => Made,
): NonEmpty<Made> {
  return [make(first), ...others.map(make)];
}
