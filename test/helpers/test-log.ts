import pino from 'pino';
import type { Logger } from '../../src/core/logger.ts';

/** A logger that keeps what it is told. */
export function createTestLog(): { readonly logger: Logger; text(): string } {
  const lines: string[] = [];
  return {
    logger: pino({ base: null }, { write: (line) => void lines.push(line) }),
    text: () => lines.join(''),
  };
}
