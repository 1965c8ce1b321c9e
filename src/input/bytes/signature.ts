/** What the first four bytes of an input give away. */
export type Signature =
  | {
      readonly kind: 'text';
      readonly encoding?: 'utf-8' | 'utf-16le' | 'utf-16be';
      readonly bomLength: number;
    }
  | { readonly kind: 'gzip' }
  | { readonly kind: 'refused'; readonly why: string };

/** Bytes that {@link readSignature} wants to see. */
export const SIGNATURE_BYTES = 4;

const WORKBOOK = 'looks like an Excel workbook or a ZIP archive: save it as "CSV UTF-8", or unpack it';
const UTF_32 = 'is UTF-32, which is not read: convert it, e.g. `iconv -t utf-8`';

const PARQUET = "is Parquet: make CSV of it, `duckdb -c \"copy (from 'FILE') to 'FILE.csv'\"`, and read that";
const compressed = (tool: string) =>
  `is compressed with ${tool}: unpack it, or pipe what \`${tool} -dc FILE\` prints into this same command with - in place of the file`;

const REFUSED: readonly (readonly [signature: string, why: string])[] = [
  ['504b0304', WORKBOOK],
  ['d0cf11e0', WORKBOOK],
  ['28b52ffd', compressed('zstd')],
  ['fd377a58', compressed('xz')],
  ['50415231', PARQUET],
  ['25504446', 'is a PDF: export the table as CSV'],
  // before UTF-16, whose mark is the first half of this one
  ['fffe0000', UTF_32],
  ['0000feff', UTF_32],
];

/** Tells compression, byte order mark and the files that are no text at all from the first bytes. */
export function readSignature(head: Uint8Array): Signature {
  const hex = Buffer.from(head.subarray(0, SIGNATURE_BYTES)).toString('hex');
  // the fourth byte is the size of its blocks, a digit
  if (/^425a683[1-9]$/.test(hex)) return { kind: 'refused', why: compressed('bzip2') };
  for (const [signature, why] of REFUSED) if (hex === signature) return { kind: 'refused', why };
  if (hex.startsWith('1f8b')) return { kind: 'gzip' };
  if (hex.startsWith('efbbbf')) return { kind: 'text', encoding: 'utf-8', bomLength: 3 };
  if (hex.startsWith('fffe')) return { kind: 'text', encoding: 'utf-16le', bomLength: 2 };
  if (hex.startsWith('feff')) return { kind: 'text', encoding: 'utf-16be', bomLength: 2 };
  return { kind: 'text', bomLength: 0 };
}
