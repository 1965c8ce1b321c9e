import { onTestFinished } from 'vitest';
import { type Emulator, startEmulator } from '../../src/emulator/emulator.ts';
import type { EmulatorOptions } from '../../src/emulator/options.ts';

/** An emulator in this process, on a free port, that ends with the test that asked for it. Without a limit unless one is given. */
export async function emulatorHere(options: EmulatorOptions = {}): Promise<Emulator> {
  const emulator = await startEmulator({ limit: null, ...options });
  onTestFinished(() => emulator.close());
  return emulator;
}
