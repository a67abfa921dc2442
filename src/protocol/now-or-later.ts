/** A value that is there, or one that will be: what is known at once shall not cost a turn of the event loop. */
export type NowOrLater<T> = T | Promise<T>;

/** Whether a value is still to come. */
export function isLater<T>(value: NowOrLater<T>): value is Promise<T> {
  return value instanceof Promise;
}

/** Goes on with a value: at once where it is there, and otherwise as soon as it is. */
export function andThen<T, Next>(
  value: NowOrLater<T>,
  next: (value: T) => NowOrLater<Next>,
): NowOrLater<Next> {
  return isLater(value) ? value.then(next) : next(value);
}
