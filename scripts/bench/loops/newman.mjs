// @ts-check
// newman with the same file: one iteration for each row, one after the other, as it works.
import { createRequire } from 'node:module';
import { AUTHORIZATION, BASE_URL, ROWS } from './loop.mjs';

const newman = createRequire(process.env['BENCH_PEERS'] ?? '')('newman');
const attributes = '"plan": "{{plan}}", "city": "{{city}}", "score": {{score}}, "renewal": "{{renewal}}"';
const collection = {
  info: { name: 'contacts', schema: 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json' },
  item: [
    {
      name: 'update',
      request: {
        method: 'PATCH',
        url: `${BASE_URL}/api/v2/accounts/contacts/{{contact_id}}`,
        header: [
          { key: 'Content-Type', value: 'application/json' },
          { key: 'Authorization', value: AUTHORIZATION },
        ],
        body: {
          mode: 'raw',
          raw: `{"name": "{{name}}", "email": "{{email}}", "custom_attributes": {${attributes}}}`,
        },
      },
    },
  ],
};
await new Promise((resolve, reject) => {
  let began = 0;
  newman
    .run({ collection, iterationData: process.argv[5], iterationCount: ROWS, reporters: [] })
    .on('start', () => {
      began = performance.now();
    })
    .on('done', (/** @type {unknown} */ error, /** @type {any} */ { run }) => {
      const { failed, total } = run.stats.requests;
      if (error || failed > 0 || total !== ROWS) reject(error ?? new Error(`${failed} of ${total} failed`));
      process.stdout.write(`${(total * 1000) / (performance.now() - began)}`);
      resolve(undefined);
    });
});
