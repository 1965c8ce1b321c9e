import fc from 'fast-check';

/** What no text that is printed may hold. */
export const STEERS = /(?![\t\n])[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u;

/** Texts full of it, and of what stands beside it in names of files. */
export const nasty = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '\u001B[',
        '\u009B',
        '\u202E',
        '\u2066',
        '\u2028',
        '\r',
        '\b',
        '\u007F',
        '\\',
        '\\u001b',
      ),
      fc.constantFrom("'", '"', '\n', '\t', ' ', '\u00A0', '\u200B', '0', 'f', '$(x)', 'ä', '漢', '👨‍👩‍👧'),
    ),
  )
  .map((parts) => parts.join(''));
