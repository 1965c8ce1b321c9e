// @ts-check
import { readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { defineConfig } from 'rolldown';

/**
 * The package made of `build`, which the compiler wrote: few files, since Node takes about a millisecond to find, read and
 * link each. What every command needs is one chunk, what every run needs is another; the rest is parted by `import()`.
 */
export default defineConfig({
  input: { main: 'build/main.js', index: 'build/index.js' },
  platform: 'node',
  external: /^[^./]/,
  plugins: [declarations()],
  checks: { ineffectiveDynamicImport: false },
  output: {
    dir: 'dist',
    entryFileNames: '[name].js',
    chunkFileNames: 'chunks/[name].js',
    codeSplitting: {
      groups: [
        // without the entries: `main` still runs while the chunks that it asks for take from this one
        { name: 'start', tags: ['$initial'], test: /build\/(?!(?:main|index)\.js$)/, priority: 2 },
        { name: 'sync', test: /build\/commands\/run\/run\.js$/, priority: 1 },
      ],
    },
  },
});

// --- internal ---

/** Puts the type declarations beside the bundle that those of `index` lead to. */
function declarations() {
  return {
    name: 'declarations',
    /** @this {import('rolldown').PluginContext} */
    generateBundle() {
      const files = new Set(['index.d.ts']);
      for (const fileName of files) {
        const source = readFileSync(`build/${fileName}`, 'utf8');
        this.emitFile({ type: 'asset', fileName, source });
        for (const [, name = ''] of source.matchAll(/(?:from |import\()['"](\.[^'"]+)\.ts['"]/g)) {
          files.add(posix.join(posix.dirname(fileName), `${name}.d.ts`));
        }
      }
    },
  };
}
