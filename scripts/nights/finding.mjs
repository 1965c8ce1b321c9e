// @ts-check

/** Something that is not as it must be: it ends its sequence. */
export class Finding extends Error {}
