/** An input as it is stored, before anything is made of it. */
export interface Bytes {
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Bytes given so far. */
  readonly bytesRead: number;
  /** Size and SHA-256 (hex) of the stored bytes; regular files only. */
  readonly identity?: Identity;
  /** The same of whatever was read, once it was read to its end. */
  readonly wholeIdentity: Identity | undefined;
  close(): Promise<void>;
}

/** What makes an input the same input under another path. */
export interface Identity {
  readonly sizeBytes: number;
  readonly sha256: string;
}
