/** A response header: its name as it is written, and its value. */
export type HeaderField = readonly [name: string, value: string];
